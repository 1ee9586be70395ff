"""What a web hook of Meta's tells: every object is asked for by its id, for fields are often missing (2.8).

Ids may be numbers, events come twice and in any order; what is asked for is always the present state.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from connectors import errors
from connectors.contract import HookNews
from connectors.facebook import config
from connectors.facebook.client import Client
from connectors.facebook.items import pair_elements, read_item
from connectors.facebook.messaging import read_messages
from connectors.facebook.parse import (
    NAMELESS,
    Own,
    Post,
    belongs_somewhere,
    encode,
    parse_comment,
    parse_post,
    read_post,
    read_time,
)
from connectors.facebook.watching import mark_deleted
from connectors.reading import Malformed, read_dict, read_list
from inbox.enums import Direction, Visibility
from inbox.incoming import Author, Incoming, Unreadable

# Of a larger batch the poll collects the rest, in its own order.
MOST_READ = 40
TAKEN_AWAY = {"remove", "delete"}
# What people say; likes, reactions and shares ask for no answer.
SPOKEN = {"comment", "status", "post", "photo", "video", "share", "album"}
MENTIONED = "Somebody named our Page here. Facebook does not show us more of it."
OURS = "dd:"
Item = Incoming | Unreadable


@dataclass(frozen=True)
class Reader:
    """One Page's way to what its web hooks name."""

    client: Client
    own: Own


def read_news(client: Client, own: Own, batch: dict[str, Any]) -> HookNews:
    """Return what the batch tells of our Page. Raises connectors.errors when Facebook cannot be asked."""
    reader = Reader(client, own)
    items: dict[str, Item] = {}
    told = [event for entry in read_list(batch, "entry") for event in list_events(entry, own)]
    for kind, event in told[:MOST_READ]:
        for item in READERS[kind](reader, event):
            items[item.remote_id] = item
    return HookNews(tuple(items.values()), wake=bool(told))


def list_events(entry: dict[str, Any], own: Own) -> list[tuple[str, dict[str, Any]]]:
    """Return the changes and messages of one entry, each with the way to read it; others' pages have none."""
    if str(entry.get("id")) != own.page_id:
        return []
    changes = [
        (str(change.get("field")), read_dict(change, "value")) for change in read_list(entry, "changes")
    ]
    talks = [("messages", event) for event in read_list(entry, "messaging") + read_list(entry, "standby")]
    return [(kind, event) for kind, event in changes + talks if kind in READERS]


def read_feed_change(reader: Reader, value: dict[str, Any]) -> list[Item]:
    """Return the post or comment that a change is about, as it is now."""
    if value.get("item") not in SPOKEN:
        return []
    comment_id, post_id = str(value.get("comment_id") or ""), str(value.get("post_id") or "")
    try:
        item = read_comment(reader, comment_id, post_id) if comment_id else read_one_post(reader, post_id)
    except errors.ParentGone:
        # Only where Meta says so as well: the same answer comes where we lack a permission.
        return [say_gone(comment_id or post_id, value)] if value.get("verb") in TAKEN_AWAY else []
    return [item] if item is not None else []


def read_comment(reader: Reader, comment_id: str, post_id: str) -> Item | None:
    """Return a comment with what it stands beneath; None for our Page's own where they answer nobody."""
    post = look_up_post(reader, post_id)
    answer = reader.client.read(comment_id, fields=config.COMMENT_FIELDS)
    read = partial(parse_comment, own=reader.own, post=post)
    item = read_item(answer, reader.client.text, lambda one, text: read(one, raw=text))
    return set_current(item) if belongs_somewhere(item) else None


def look_up_post(reader: Reader, post_id: str) -> Post:
    """Return a post as its comments need it, without words where it cannot be seen."""
    try:
        return read_post(reader.client.read(post_id, fields=config.FEED_FIELDS), reader.own)
    except (errors.ParentGone, Malformed):
        return Post(post_id, "", "", 0, "", datetime.now(UTC))


def read_one_post(reader: Reader, post_id: str) -> Item | None:
    """Return a visitor's post; None for our own, which nobody has to answer."""
    answer = reader.client.read(post_id, fields=config.FEED_FIELDS)
    item = read_item(answer, reader.client.text, lambda one, text: parse_post(one, reader.own, text))
    if isinstance(item, Incoming) and item.direction != Direction.IN:
        return None
    return set_current(item)


def say_gone(item_id: str, value: dict[str, Any]) -> Item:
    """Return the news that something was taken away."""
    writer = read_dict(value, "from").get("id") or value.get("sender_id") or f"unknown:{item_id}"
    return mark_deleted(item_id, ["", 0, str(writer)])


def read_mention(reader: Reader, value: dict[str, Any]) -> list[Item]:
    """Return what names our Page elsewhere; polling never tells of it, so that its event is the source."""
    comment_id, post_id = str(value.get("comment_id") or ""), str(value.get("post_id") or "")
    item_id = comment_id or post_id
    if not item_id or value.get("verb") in TAKEN_AWAY:
        return [say_gone(item_id, value)] if item_id else []
    try:
        item = read_comment(reader, comment_id, post_id) if comment_id else read_one_post(reader, post_id)
        return [item] if item is not None else []
    except (errors.ParentGone, errors.PermissionMissing):
        return [make_mention(item_id, value)]


def make_mention(item_id: str, value: dict[str, Any]) -> Item:
    """Return a mention from its event alone."""
    try:
        written_at = read_time(value)
    except Malformed:
        written_at = datetime.now(UTC)
    said = value.get("message")
    name = str(value.get("sender_name") or NAMELESS)
    return Incoming(
        remote_id=item_id,
        thread_key=f"mention:{item_id}",
        author=Author(key=str(value.get("sender_id") or f"unknown:{item_id}"), name=name),
        text=said if isinstance(said, str) and said else MENTIONED,
        written_at=written_at,
        raw=encode(json.dumps(value, ensure_ascii=False)),
        visibility=Visibility.PUBLIC,
        url=f"https://www.facebook.com/{item_id}",
        remarks=() if said else (MENTIONED,),
        terms=config.MENTION_TERMS,
    )


def read_talk(reader: Reader, event: dict[str, Any]) -> list[Item]:
    """Return the newest messages of the thread that an event is about, and what was taken back in it."""
    said, edited = read_dict(event, "message"), read_dict(event, "message_edit")
    if not said and not edited:
        return []
    sender = str(read_dict(event, "sender").get("id") or "")
    is_ours = sender == reader.own.page_id
    person = str(read_dict(event, "recipient" if is_ours else "sender").get("id") or "")
    if said.get("is_deleted") is True:
        return [mark_deleted(str(said.get("mid")), ["", 0, person])]
    thread = find_thread(reader.client, person)
    if not thread:
        return []
    items, _ = read_messages(reader.client, reader.own, thread, datetime.now(UTC) - config.FIRST_REACH)
    proof = read_proof(said)
    return [add_proof(set_current(item), str(said.get("mid")), proof) for item in items]


def find_thread(client: Client, person: str) -> str:
    """Return the id of our thread with a person, empty when there is none."""
    answer = client.read(
        f"{client.page_id}/conversations", platform="messenger", user_id=person, fields="id", limit=1
    )
    threads = [str(item.get("id")) for item, _ in pair_elements(client, answer) if isinstance(item, dict)]
    return threads[0] if threads else ""


def read_proof(said: dict[str, Any]) -> int | None:
    """Return the number of our reply whose echo this is, by the mark that we sent along (section 3)."""
    mark = said.get("metadata")
    if said.get("is_echo") is not True or not isinstance(mark, str) or not mark.startswith(OURS):
        return None
    number = mark.removeprefix(OURS)
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None


def add_proof(item: Item, message_id: str, proof: int | None) -> Item:
    """Return the item with the reply that it proves."""
    if proof is None or item.remote_id != message_id or not isinstance(item, Incoming):
        return item
    return replace(item, proves=proof)


def set_current(item: Item) -> Item:
    """Return an item that was asked for just now."""
    return replace(item, current=True) if isinstance(item, Incoming) else item


READERS = {"feed": read_feed_change, "mention": read_mention, "messages": read_talk}
