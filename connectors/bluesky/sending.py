"""Write on Bluesky, and look whether what was written is there (contract sections 0.1 and 7)."""

import secrets
import time
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.bluesky.client import Client
from connectors.bluesky.config import POSTS
from connectors.bluesky.parse import address_of, read_moment
from connectors.bluesky.terms import CLOSED, Answered, split_private, split_public
from connectors.bluesky.words import find_links, read_words
from connectors.bluesky.young import look_up_posts
from connectors.contract import Outgoing, OutgoingFile, Receipt
from connectors.errors import ConnectorError, NotPermitted, ParentGone, Transient, UnknownOutcome
from connectors.reading import Malformed, read_dict, read_list

SLACK = timedelta(seconds=60)
LOOK_MESSAGES, LOOK_RECORDS = 50, 100
SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"


def choose_uri(did: str) -> str:
    """Return the address that a new post of ours will have: its key holds the time, so that keys sort."""
    number = (time.time_ns() // 1_000 << 10) | secrets.randbelow(1 << 10)
    key = "".join(SORTABLE[(number >> 5 * place) & 31] for place in range(12, -1, -1))
    return f"at://{did}/{POSTS}/{key}"


def send_public(client: Client, outgoing: Outgoing) -> Receipt:
    """Answer a post under the key that was chosen ahead, so that it can be there once only."""
    answered = split_public(outgoing.target)
    loaded = [(file, file.load()) for file in outgoing.files]
    ensure_open(client, answered)
    uri = outgoing.chosen_id or choose_uri(client.own_did)
    record = make_record(outgoing.text, answered)
    images = [upload(client, file, content) for file, content in loaded]
    if images:
        record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
    place = {"repo": client.own_did, "collection": POSTS, "rkey": uri.rpartition("/")[2]}
    try:
        client.write("com.atproto.repo.createRecord", json={**place, "record": record})
    except UnknownOutcome as error:
        # A key that is taken is answered by a fault too: what stands under it is the proof.
        return look_after(client, uri, error)
    return make_receipt(client, uri)


def ensure_open(client: Client, answered: Answered) -> None:
    """Look whether the post may be answered. Raises ParentGone, NotPermitted.

    Our own server would take the record in any case, and nobody would ever see it beneath the post.
    """
    view = look_up_posts(client, [answered.parent["uri"]]).get(answered.parent["uri"])
    if view is None:
        raise ParentGone("The post was deleted or is hidden from our account.", code="parent")
    if read_dict(view, "viewer").get("replyDisabled") is True:
        raise NotPermitted(CLOSED, code="closed")


def make_record(text: str, answered: Answered) -> dict[str, Any]:
    """Return the post as our repository keeps it."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    reply = {"root": answered.root, "parent": answered.parent}
    record: dict[str, Any] = {"$type": POSTS, "text": text, "createdAt": now, "reply": reply}
    links = find_links(text)
    return {**record, "facets": links} if links else record


def upload(client: Client, file: OutgoingFile, content: bytes) -> dict[str, Any]:
    """Give a picture to our server. No post names it yet, so whatever goes wrong, nothing was said."""
    headers = {"Content-Type": file.media_type}
    try:
        answer = client.write("com.atproto.repo.uploadBlob", data=content, headers=headers)
    except UnknownOutcome as error:
        raise error_unsent(error) from None
    return {"alt": file.alternative, "image": read_dict(answer, "blob")}


def look_after(client: Client, uri: str, error: UnknownOutcome) -> Receipt:
    """Return the proof that a post stands under its key. Raises `error` when it cannot be told."""
    try:
        found = find_record(client, uri)
    except ConnectorError:
        found = None
    if found is None:
        raise error
    return found


def find_public(client: Client, outgoing: Outgoing) -> Receipt | None:
    """Look under the chosen key; without one, among our newest posts for the same words in answer to it."""
    if outgoing.chosen_id:
        return find_record(client, outgoing.chosen_id)
    parent = split_public(outgoing.target).parent["uri"]
    ask = {"repo": client.own_did, "collection": POSTS, "limit": LOOK_RECORDS}
    for item in read_list(client.read("com.atproto.repo.listRecords", ask), "records"):
        record = read_dict(item, "value")
        answers_it = read_dict(read_dict(record, "reply"), "parent").get("uri") == parent
        if answers_it and normalise(read_words(record)) == normalise(outgoing.text):
            return make_receipt(client, str(item.get("uri")))
    return None


def find_record(client: Client, uri: str) -> Receipt | None:
    """Return the proof that our repository holds a post; our own server knows for certain."""
    ask = {"repo": client.own_did, "collection": POSTS, "rkey": uri.rpartition("/")[2]}
    try:
        found = client.read("com.atproto.repo.getRecord", ask)
    except ParentGone:
        return None
    return make_receipt(client, uri) if found.get("uri") == uri else None


def send_private(client: Client, outgoing: Outgoing) -> Receipt:
    """Write into a chat; a request of a stranger is accepted by that."""
    convo = find_convo(client, outgoing.target)
    try:
        client.write("chat.bsky.convo.acceptConvo", json={"convoId": convo})
    except UnknownOutcome as error:
        raise error_unsent(error) from None
    message: dict[str, Any] = {"text": outgoing.text}
    links = find_links(outgoing.text)
    if links:
        message["facets"] = links
    answer = client.write("chat.bsky.convo.sendMessage", json={"convoId": convo, "message": message})
    if not answer.get("id"):
        raise UnknownOutcome("Bluesky took the message but gave no number for it.", code="receipt")
    return Receipt(remote_id=str(answer["id"]))


def find_private(client: Client, outgoing: Outgoing) -> Receipt | None:
    """Look in the chat for our own message with the same words, written since the attempt."""
    ask = {"convoId": find_convo(client, outgoing.target), "limit": LOOK_MESSAGES}
    wanted = normalise(outgoing.text)
    for message in read_list(client.read("chat.bsky.convo.getMessages", ask), "messages"):
        is_ours = read_dict(message, "sender").get("did") == client.own_did
        is_same = is_ours and "text" in message and normalise(read_words(message)) == wanted
        if is_same and is_since(message, outgoing):
            return Receipt(remote_id=str(message.get("id")))
    return None


def find_convo(client: Client, target: str) -> str:
    """Return the conversation that a private target means."""
    kind, key = split_private(target)
    if kind == "in":
        return key
    answer = client.read("chat.bsky.convo.getConvoForMembers", [("members", key)])
    convo = read_dict(answer, "convo").get("id")
    if not isinstance(convo, str) or not convo:
        raise NotPermitted("Bluesky gave no chat with this person.", code="convo")
    return convo


def make_receipt(client: Client, uri: str) -> Receipt:
    """Return the proof, with the address where people can look."""
    name = str(client.access.config.get("handle") or client.own_did)
    return Receipt(remote_id=uri, url=address_of(uri, name))


def is_since(message: dict[str, Any], outgoing: Outgoing) -> bool:
    """Say whether a message is young enough to be this reply."""
    try:
        sent_at = read_moment(message, "sentAt")
    except Malformed:
        return False
    return outgoing.attempted_at is None or sent_at >= outgoing.attempted_at - SLACK


def error_unsent(error: UnknownOutcome) -> ConnectorError:
    """Return what a fault before the message itself means: nothing was said, so it may be tried again."""
    return Transient("Bluesky has a fault of its own.", code=error.code)


def normalise(text: str) -> str:
    """Return the words as they compare: composed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())
