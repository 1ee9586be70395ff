"""Write on Mastodon, and look whether what was written is there (contract sections 0.1 and 8)."""

import hashlib
import re
import unicodedata
from datetime import timedelta
from typing import Any

from connectors.contract import Outgoing, Receipt
from connectors.errors import ConnectorError, InvalidContent, UnknownOutcome
from connectors.mastodon.client import Client
from connectors.mastodon.config import ADDRESS_LENGTH, OWN_ITEMS, read_length
from connectors.mastodon.parse import read_body, read_time
from connectors.mastodon.terms import split_target
from connectors.mastodon.uploading import upload_files
from connectors.reading import Malformed
from inbox.length import measure

Fields = dict[str, Any]
SLACK = timedelta(seconds=60)
NAME = r"@\w+(?:[.-]+\w+)*(?:@[\w-]+(?:\.[\w-]+)+)?"
LEADING_NAMES = re.compile(rf"^(?:{NAME}\s+)+")
FAR_NAME = re.compile(r"(@\w+(?:[.-]+\w+)*)@[\w-]+(?:\.[\w-]+)+")


def send(client: Client, outgoing: Outgoing) -> Receipt:
    """Answer a status, in public or to its writer alone.

    The server keeps the key for an hour and gives the same status for the same key, so one attempt whose end
    is not known is made again at once: nothing can be said twice.
    """
    visibility, status_id, acct = split_target(outgoing.target)
    text = address(outgoing.text, acct)
    if measure(text, "linked", ADDRESS_LENGTH) > read_length(client.access.config):
        raise InvalidContent("The text is too long with the name that stands in front of it.", code="length")
    fields: Fields = {"status": text, "in_reply_to_id": status_id, "visibility": visibility}
    if outgoing.files:
        fields["media_ids"] = upload_files(client, outgoing)
    headers = {"Idempotency-Key": make_key(client, outgoing)}
    try:
        return read_receipt(client.write("/api/v1/statuses", json=fields, headers=headers))
    except UnknownOutcome as error:
        return send_again(client, fields, headers, error)


def send_again(client: Client, fields: Fields, headers: dict[str, str], first: UnknownOutcome) -> Receipt:
    """Make the attempt again under the same key. Raises `first` unless it is answered clearly."""
    try:
        return read_receipt(client.write("/api/v1/statuses", json=fields, headers=headers))
    except ConnectorError:
        # Whatever this one met, the first may have gone out.
        raise first from None


def find_sent(client: Client, outgoing: Outgoing) -> Receipt | None:
    """Look among our own statuses since the answered one for the same words in answer to it."""
    _, status_id, _ = split_target(outgoing.target)
    elements = client.read_list(
        f"/api/v1/accounts/{client.own_id}/statuses", min_id=status_id, limit=OWN_ITEMS
    )
    wanted = normalise(outgoing.text)
    for status, _raw in elements:
        answers_it = isinstance(status, dict) and str(status.get("in_reply_to_id")) == status_id
        if answers_it and normalise(read_body(status)) == wanted and is_since(status, outgoing):
            return read_receipt(status)
    return None


def address(text: str, acct: str) -> str:
    """Return the text naming whom it answers: without the name it would reach nobody (contract section 8)."""
    named = re.search(rf"(?<![\w@])@{re.escape(acct)}(?![\w@]|[.-]\w)", text, re.IGNORECASE)
    return text if named else f"@{acct} {text}"


def make_key(client: Client, outgoing: Outgoing) -> str:
    """Return the reply's own key: the same with every try, another one for anything else."""
    parts = (client.host, client.own_id, str(outgoing.reply_id), outgoing.target, outgoing.text)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def read_receipt(status: dict[str, Any]) -> Receipt:
    """Return the proof. Raises UnknownOutcome when the server gave no number."""
    remote_id = str(status.get("id") or "")
    if not remote_id:
        raise UnknownOutcome("Mastodon took the reply but gave no number for it.", code="receipt")
    return Receipt(remote_id=remote_id, url=str(status.get("url") or ""))


def is_since(status: dict[str, Any], outgoing: Outgoing) -> bool:
    """Say whether a status is young enough to be this reply."""
    try:
        return outgoing.attempted_at is None or read_time(status) >= outgoing.attempted_at - SLACK
    except Malformed:
        return False


def normalise(text: str) -> str:
    """Return the words as they compare: composed, without the names in front and the servers of others."""
    plain = unicodedata.normalize("NFC", FAR_NAME.sub(r"\1", text))
    return " ".join(LEADING_NAMES.sub("", plain.strip() + " ").split())
