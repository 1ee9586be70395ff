"""Write on Facebook, and look whether what was written is there (contract sections 2.5, 2.7 and 3)."""

import time
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.contract import Outgoing, OutgoingFile, Receipt
from connectors.errors import NotPermitted, Transient, UnknownOutcome
from connectors.facebook.client import Client, Files
from connectors.facebook.config import MESSAGE_FIELDS, THREAD_FIELDS
from connectors.facebook.parse import list_data, read_time
from connectors.reading import Malformed, read_dict, read_list

SLACK = timedelta(seconds=60)
LOOK_THREADS = 10


def send_public(client: Client, outgoing: Outgoing) -> Receipt:
    """Comment beneath a post or a comment, with a picture where there is one."""
    fields: dict[str, Any] = {"message": outgoing.text} if outgoing.text else {}
    if outgoing.files:
        fields["attachment_id"] = upload_picture(client, outgoing.files[0])
    answer = client.write(f"{outgoing.target}/comments", **fields)
    comment_id = str(answer.get("id") or "")
    if not comment_id:
        raise UnknownOutcome("Facebook took the comment but gave no number for it.", code="receipt")
    return Receipt(remote_id=comment_id, url=f"https://www.facebook.com/{comment_id}")


def upload_picture(client: Client, file: OutgoingFile) -> str:
    """Keep a picture unpublished and return its id (contract section 2.5).

    Nobody sees it until the comment refers to it, so that whatever goes wrong here proves that nothing left.
    """
    picture = (file.name, file.load(), file.media_type)
    try:
        answer = client.write(f"{client.page_id}/photos", files={"source": picture}, published="false")
    except UnknownOutcome as error:
        raise Transient("Facebook did not take the picture.", code=error.code) from None
    picture_id = str(answer.get("id") or "")
    if not picture_id:
        raise Transient("Facebook took the picture but gave no number for it.", code="picture")
    return picture_id


def make_message(outgoing: Outgoing) -> tuple[dict[str, Any], Files | None]:
    """Return a message's object and the file that travels with it: words or one file (contract section 3)."""
    metadata = f"dd:{outgoing.reply_id}"
    if not outgoing.files:
        return {"text": outgoing.text, "metadata": metadata}, None
    file = outgoing.files[0]
    family = file.media_type.partition("/")[0]
    kind = family if family in {"image", "video", "audio"} else "file"
    attachment = {"type": kind, "payload": {"is_reusable": False}}
    files = {"filedata": (file.name, file.load(), file.media_type)}
    return {"attachment": attachment, "metadata": metadata}, files


def send_private(client: Client, outgoing: Outgoing) -> Receipt:
    """Write to a person in Messenger, or answer a post or comment privately."""
    kind, key, free_until = split_target(outgoing.target)
    message, files = make_message(outgoing)
    fields: dict[str, Any] = {"messaging_type": "RESPONSE"}
    if free_until and time.time() > free_until:
        fields = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    recipient = {"person": "id", "comment": "comment_id", "post": "post_id"}[kind]
    answer = client.write(
        f"{client.page_id}/messages", files, recipient={recipient: key}, message=message, **fields
    )
    message_id = str(answer.get("message_id") or "")
    if not message_id:
        raise UnknownOutcome("Facebook took the message but gave no number for it.", code="receipt")
    return Receipt(remote_id=message_id)


def find_public(client: Client, outgoing: Outgoing) -> Receipt | None:
    """Look beneath the answered item for a comment of our Page with the same words."""
    answer = client.read(
        f"{outgoing.target}/comments",
        filter="stream",
        order="reverse_chronological",
        fields="id,message,from,created_time,attachment",
        limit=50,
    )
    for comment in list_data(answer):
        if is_ours(comment, client, outgoing):
            comment_id = str(comment.get("id"))
            return Receipt(remote_id=comment_id, url=f"https://www.facebook.com/{comment_id}")
    return None


def find_private(client: Client, outgoing: Outgoing) -> Receipt | None:
    """Look in the person's thread for a message of our Page with the same words."""
    for thread in list_threads(client, outgoing):
        answer = client.read(f"{thread}/messages", fields=MESSAGE_FIELDS, limit=20)
        for message in list_data(answer):
            if is_ours(message, client, outgoing):
                return Receipt(remote_id=str(message.get("id")))
    return None


def list_threads(client: Client, outgoing: Outgoing) -> list[str]:
    """Return where the message would be: its own thread, or the newest ones with that very person."""
    kind, _, thread = outgoing.thread_key.partition(":")
    if kind == "messages":
        return [thread]
    person = outgoing.thread_key.rpartition(":")[2]
    answer = client.read(
        f"{client.page_id}/conversations", platform="messenger", fields=THREAD_FIELDS, limit=LOOK_THREADS
    )
    return [
        str(entry.get("id"))
        for entry in list_data(answer)
        if any(str(one.get("id")) == person for one in read_list(read_dict(entry, "participants"), "data"))
    ]


def is_ours(item: dict[str, Any], client: Client, outgoing: Outgoing) -> bool:
    """Say whether an item is this reply: from our Page, the same words, not older than the attempt."""
    if str(read_dict(item, "from").get("id")) != client.page_id:
        return False
    if normalise(str(item.get("message") or "")) != normalise(outgoing.text):
        return False
    # Without words only the picture tells it apart.
    if not outgoing.text and not (item.get("attachment") or item.get("attachments")):
        return False
    try:
        written_at = read_time(item)
    except Malformed:
        return False
    return written_at >= (outgoing.attempted_at or datetime.fromtimestamp(0, UTC)) - SLACK


def normalise(text: str) -> str:
    """Return the words as they compare: composed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def split_target(target: str) -> tuple[str, str, int]:
    """Return kind, id and until when the answer is free (0: always). Raises NotPermitted."""
    kind, _, rest = target.partition(":")
    if kind == "person":
        key, _, seconds = rest.rpartition(":")
        if key and seconds.isascii() and seconds.isdigit() and len(seconds) < 12:
            return kind, key, int(seconds)
    elif kind in {"comment", "post"} and rest:
        return kind, rest, 0
    raise NotPermitted("The message has no private address to answer to.", code="target")
