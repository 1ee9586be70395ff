"""From Bluesky's JSON to the inbox's form (contract section 7)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.bluesky import config
from connectors.bluesky.files import has_film, list_files
from connectors.bluesky.terms import message_terms, post_terms
from connectors.bluesky.words import read_words
from connectors.reading import Malformed, read_dict, read_id, read_text
from inbox.enums import Direction, Visibility
from inbox.incoming import Author, Incoming, ReplyTerms, Unreadable

FILM = "A film belongs to this post. Open the post on Bluesky to see it."
Views = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Own:
    """Who we are on Bluesky."""

    did: str
    handle: str = ""


@dataclass(frozen=True)
class Convo:
    """A conversation of the chat: its id, and its members by did."""

    id: str
    members: dict[str, dict[str, Any]] = field(default_factory=dict)


def parse_notice(item: dict[str, Any], views: Views, own: Own, raw: str) -> Incoming:
    """Turn a notification of a post into the inbox's form. Raises Malformed when something is missing."""
    uri, record, author = read_id(item, "uri"), read_dict(item, "record"), read_dict(item, "author")
    did = read_id(author, "did")
    reply = read_dict(record, "reply")
    parent = str(read_dict(reply, "parent").get("uri") or "")
    root = str(read_dict(reply, "root").get("uri") or uri)
    view = views.get(uri, {})
    indexed = read_moment(item, "indexedAt")
    return Incoming(
        remote_id=uri,
        thread_key=f"post:{root}:{did}",
        author=read_author(author),
        text=read_whole(record),
        # A device may lie about the time; when it arrived is what can be trusted.
        written_at=indexed,
        raw=raw.encode("utf-8", "surrogatepass"),
        visibility=Visibility.PUBLIC,
        quoted=describe_others(parent or quoted_uri(record), did, own, views),
        url=address_of(uri, str(author.get("handle") or did)),
        in_reply_to=parent,
        files=list_files(did, record, view),
        terms=post_terms(item, view),
        remarks=read_remarks(record, indexed),
    )


def parse_own(item: dict[str, Any], own: Own, raw: str) -> Incoming:
    """Turn a record of our own repository into the inbox's form. Raises Malformed."""
    uri, record = read_id(item, "uri"), read_dict(item, "value")
    parent = str(read_dict(read_dict(record, "reply"), "parent").get("uri") or "")
    root = str(read_dict(read_dict(record, "reply"), "root").get("uri") or uri)
    return Incoming(
        remote_id=uri,
        thread_key=f"post:{root}:{find_partner(record, own)}",
        author=Author(key=own.did, address=f"@{own.handle}" if own.handle else ""),
        text=read_whole(record),
        written_at=read_moment(record, "createdAt"),
        raw=raw.encode("utf-8", "surrogatepass"),
        visibility=Visibility.PUBLIC,
        direction=Direction.OUT,
        url=address_of(uri, own.handle or own.did),
        in_reply_to=parent,
        files=list_files(own.did, record, {}),
        terms=ReplyTerms(),
    )


def parse_message(item: dict[str, Any], convo: Convo, own: Own, raw: str) -> Incoming:
    """Turn a chat message into the inbox's form; one that we deleted for ourselves has no words left."""
    sender = read_id(read_dict(item, "sender"), "did")
    gone = "text" not in item
    return Incoming(
        remote_id=read_id(item),
        thread_key=f"chat:{convo.id}",
        author=read_author({"did": sender, **convo.members.get(sender, {})}),
        text="" if gone else read_whole(item),
        written_at=read_moment(item, "sentAt"),
        raw=raw.encode("utf-8", "surrogatepass"),
        visibility=Visibility.PRIVATE,
        direction=Direction.OUT if sender == own.did else Direction.IN,
        deleted=gone,
        terms=ReplyTerms() if sender == own.did else message_terms(convo.id),
    )


def read_whole(record: dict[str, Any]) -> str:
    """Return the words, and the address of a card that is not among them."""
    text = read_words(record)
    address = str(read_dict(read_dict(record, "embed"), "external").get("uri") or "")
    return f"{text}\n{address}".strip() if address and address not in text else text


def read_author(author: dict[str, Any]) -> Author:
    """Return who wrote it: the did stays, handles and names change."""
    handle = read_text(author, "handle")
    name = read_text(author, "displayName") or handle or "Bluesky user"
    return Author(key=read_id(author, "did"), name=name, address=f"@{handle}" if handle else "")


def read_moment(item: dict[str, Any], name: str) -> datetime:
    """Return a time. Raises Malformed."""
    try:
        found = datetime.fromisoformat(str(item.get(name)))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed(f"The field {name} is missing or is no time.") from error


def read_remarks(record: dict[str, Any], indexed: datetime) -> tuple[str, ...]:
    """Return what people should know: a time that cannot be, a film that is not fetched."""
    remarks = [FILM] if has_film(record) else []
    try:
        said = read_moment(record, "createdAt")
    except Malformed:
        return tuple(remarks)
    if abs(said - indexed) > timedelta(seconds=config.DOUBT_SECONDS):
        remarks.append(f"The writer's device says it was written on {said.day} {said:%B %Y at %H:%M} UTC.")
    return tuple(remarks)


def describe_others(uri: str, did: str, own: Own, views: Views) -> str:
    """Return the post that is answered or quoted, when it is not part of the same conversation anyway."""
    view = views.get(uri, {})
    author, record = read_dict(view, "author"), read_dict(view, "record")
    writer = str(author.get("did") or "")
    is_our_answer = writer == own.did and find_partner(record, own) == did
    if not writer or writer == did or is_our_answer:
        return ""
    return f"@{author.get('handle') or writer}: {read_whole(record)}"


def quoted_uri(record: dict[str, Any]) -> str:
    """Return the post that this one quotes; beside pictures it lies one level deeper."""
    embed = read_dict(record, "embed")
    inner = read_dict(embed, "record")
    return str(inner.get("uri") or read_dict(inner, "record").get("uri") or "")


def find_partner(record: dict[str, Any], own: Own) -> str:
    """Return whom a post of ours speaks to; empty when it speaks to nobody or to ourselves."""
    reply = read_dict(record, "reply")
    dids = [str(read_dict(reply, name).get("uri") or "").split("/")[2:3] for name in ("parent", "root")]
    return next((one[0] for one in dids if one and one[0] != own.did), "")


def address_of(uri: str, name: str) -> str:
    """Return where people can look at a post."""
    return f"https://bsky.app/profile/{name}/post/{uri.rpartition('/')[2]}"


def read_item(item: Any, raw: str, read: Callable[[], Incoming]) -> Incoming | Unreadable:
    """Return one item, read or marked as unreadable with its source."""
    try:
        if not isinstance(item, dict):
            raise Malformed("The item is no object.")
        return read()
    except (Malformed, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        source = raw.encode("utf-8", "surrogatepass")
        return Unreadable(name_unreadable(item, source), source, str(error)[:300])


def name_unreadable(item: Any, source: bytes) -> str:
    """Return the item's own address or id, or a name from its bytes, so that the same one is stored once."""
    for name in ("uri", "id"):
        try:
            return read_id(item, name)
        except Malformed:
            continue
    return f"item:{hashlib.sha256(source).hexdigest()[:32]}"
