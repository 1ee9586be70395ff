"""Look at young posts, comments and messages again: polling is told neither of edits nor of deletions.

Contract section 2.3. What is gone and what we may no longer see give the same answer, so that nothing is
erased because of it: it is marked, and unmarked when it shows again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from connectors import errors
from connectors.contract import Page
from connectors.facebook import config
from connectors.facebook.client import Client
from connectors.facebook.items import pair_elements, read_item
from connectors.facebook.messaging import DETAILS, read_messages
from connectors.facebook.parse import Own, parse_comment, parse_post, read_post, read_time
from connectors.reading import Malformed, read_dict
from inbox.enums import Visibility
from inbox.incoming import Author, Incoming, Unreadable

GONE = "gone"
POST, THREAD = "post", "thread"
Cursor = dict[str, Any]
# An item's mark, when it was written (seconds), and who wrote it.
Group = dict[str, list[Any]]


@dataclass(frozen=True)
class Sight:
    """What one look showed: items, since when nothing can be missing from them, and whether all is gone."""

    items: list[Incoming | Unreadable]
    since: float = 0
    all_gone: bool = False


def remember(cursor: Cursor, kind: str, key: str, items: Iterable[Incoming | Unreadable]) -> None:
    """Keep what was just handed over, to be looked at again while it is young."""
    young = [item for item in items if isinstance(item, Incoming)]
    if not young:
        return
    watched: dict[str, Any] = cursor.setdefault("watched", {})
    group = watched.setdefault(f"{kind}:{key}", {"items": {}})
    group["look"] = now() + config.LOOK_AGAIN_SECONDS
    for item in young:
        group["items"][item.remote_id] = [mark_of(item), item.written_at.timestamp(), item.author.key]


def look_again(client: Client, own: Own, cursor: Cursor) -> Iterator[Page]:
    """Yield what changed in a few posts or threads, those first whose turn it is longest."""
    watched = forget_old(cursor)
    if client.usage_percent() >= config.WATCH_BELOW:
        return
    due = sorted((group["look"], name) for name, group in watched.items() if group["look"] <= now())
    for _, name in due[: config.LOOKS_A_POLL]:
        kind, _, key = name.partition(":")
        group = watched[name]
        look = look_at_post if kind == POST else look_at_thread
        changed = compare(client, group["items"], look(client, own, key))
        newest = max(entry[1] for entry in group["items"].values())
        group["look"] = now() + max(config.LOOK_AGAIN_SECONDS, (now() - newest) / config.AGE_PARTS)
        yield Page(tuple(changed), dict(cursor))


def look_at_post(client: Client, own: Own, post_id: str) -> Sight:
    """Look at a post and its newest comments."""
    try:
        answer = client.read(post_id, fields=config.FEED_FIELDS)
        source, post = client.text, read_post(answer, own)
        page = client.read(
            f"{post_id}/comments",
            filter="stream",
            order="reverse_chronological",
            fields=config.COMMENT_FIELDS,
            limit=100,
        )
    except errors.ParentGone:
        return Sight([], all_gone=True)
    pairs = pair_elements(client, page)
    for item, _ in pairs:
        writer = read_dict(item, "from").get("id") if isinstance(item, dict) else None
        if writer:
            post.writers[str(item.get("id"))] = str(writer)
    read = partial(parse_comment, own=own, post=post)
    items = [read_item(item, raw, lambda one, text: read(one, raw=text)) for item, raw in pairs]
    items.append(read_item(answer, source, lambda one, text: parse_post(one, own, text)))
    return Sight(items, since=oldest_of(pairs) if read_dict(page, "paging").get("next") else 0)


def look_at_thread(client: Client, own: Own, thread: str) -> Sight:
    """Look at a thread's newest messages; one that cannot be seen any more says nothing of them."""
    try:
        items, _ = read_messages(client, own, thread, datetime.fromtimestamp(0, UTC))
    except errors.ParentGone:
        return Sight([], since=now())
    times = [item.written_at.timestamp() for item in items if isinstance(item, Incoming)]
    return Sight(list(items), since=min(times, default=now()) if len(items) >= DETAILS else 0)


def compare(client: Client, group: Group, sight: Sight) -> list[Incoming]:
    """Return what stands otherwise than it was handed over, and mark it so in the group."""
    changed: list[Incoming] = []
    seen = {item.remote_id: item for item in sight.items if isinstance(item, Incoming)}
    unreadable = {item.remote_id for item in sight.items if isinstance(item, Unreadable)}
    for key, entry in group.items():
        item = seen.get(key)
        if item is not None:
            if entry[0] != mark_of(item):
                changed.append(replace(item, current=True))
            entry[0] = mark_of(item)
        elif key not in unreadable and is_missing(client, key, entry, sight):
            entry[0] = GONE
            changed.append(mark_deleted(key, entry))
    return changed


def is_missing(client: Client, item_id: str, entry: list[Any], sight: Sight) -> bool:
    """Say whether an item is gone; it is asked for by its id, for a list may leave out what is there."""
    # Times come in whole seconds: what is as old as the oldest that is shown may lie beyond it.
    if entry[0] == GONE or entry[1] <= sight.since:
        return False
    if sight.all_gone:
        return True
    try:
        client.read(item_id, fields="id")
    except errors.ParentGone:
        return True
    return False


def mark_deleted(remote_id: str, entry: list[Any]) -> Incoming:
    """Return the news that an item is gone."""
    return Incoming(
        remote_id=remote_id,
        thread_key=f"gone:{remote_id}",
        author=Author(key=str(entry[2])),
        text="",
        written_at=datetime.fromtimestamp(float(entry[1]), UTC),
        raw=json.dumps({"deleted": remote_id}).encode(),
        visibility=Visibility.PUBLIC,
        deleted=True,
        current=True,
    )


def mark_of(item: Incoming) -> str:
    """Return a short mark of what can change in an item: its words, and whether it is hidden or liked."""
    said = json.dumps([item.text, [(one.kind, one.done) for one in item.acts]])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def oldest_of(pairs: list[tuple[Any, str]]) -> float:
    """Return when the oldest of these was written, in seconds; what has no time says nothing."""
    times = []
    for item, _ in pairs:
        try:
            times.append(read_time(item).timestamp())
        except (Malformed, AttributeError):
            continue
    return min(times, default=now())


def forget_old(cursor: Cursor) -> dict[str, Any]:
    """Let go of what is no longer young, and of the oldest where there is too much; returns what is left."""
    watched: dict[str, Any] = cursor.setdefault("watched", {})
    times = sorted(
        (entry[1] for group in watched.values() for entry in group["items"].values()), reverse=True
    )
    floor = now() - config.WATCH.total_seconds()
    if len(times) > config.MOST_WATCHED:
        floor = max(floor, times[config.MOST_WATCHED])
    for name in list(watched):
        items = {key: entry for key, entry in watched[name]["items"].items() if entry[1] > floor}
        if items:
            watched[name]["items"] = items
        else:
            del watched[name]
    return watched


def now() -> float:
    """Return the time in seconds."""
    return datetime.now(UTC).timestamp()
