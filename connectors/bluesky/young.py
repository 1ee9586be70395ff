"""Look posts up: how they are shown to us, and whether young ones are still there (contract section 7)."""

import logging
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.bluesky import config
from connectors.bluesky.client import Client
from connectors.bluesky.parse import Views
from connectors.bluesky.terms import URI
from connectors.errors import InvalidContent, Transient
from connectors.reading import read_list
from inbox.enums import Direction, Visibility
from inbox.incoming import Author, Incoming, Unreadable

log = logging.getLogger(__name__)


def look_up_posts(client: Client, uris: list[str]) -> Views:
    """Return posts by address as they are shown to us; those that are gone are left out."""
    views: Views = {}
    for start in range(0, len(uris), config.ASK_POSTS):
        ask = [("uris", uri) for uri in uris[start : start + config.ASK_POSTS]]
        for view in read_list(client.read("app.bsky.feed.getPosts", ask), "posts"):
            views[str(view.get("uri"))] = view
    return views


def look_up_shown(client: Client, uris: list[str]) -> Views:
    """Return what can be looked up of posts that strangers name. What goes wrong holds no message up.

    An address that is none would be refused with all others of the call, so it is not asked for.
    """
    views: Views = {}
    fair = [uri for uri in uris if re.fullmatch(URI, uri)]
    for start in range(0, len(fair), config.ASK_POSTS):
        try:
            views |= look_up_posts(client, fair[start : start + config.ASK_POSTS])
        except (InvalidContent, Transient):
            log.info("Some posts on Bluesky could not be looked up.")
    return views


def remember_young(cursor: dict[str, Any], items: Iterable[Incoming | Unreadable]) -> None:
    """Keep the newest posts of others in the cursor: address to thread, author and when we saw it."""
    young: dict[str, list[str]] = dict(cursor.get("young") or {})
    now = datetime.now(UTC)
    for item in items:
        if isinstance(item, Incoming) and item.direction == Direction.IN:
            young[item.remote_id] = [item.thread_key, item.author.key, now.isoformat()]
    floor = (now - timedelta(seconds=config.LOOK_UP_AGE_SECONDS)).isoformat()
    kept = sorted((pair for pair in young.items() if pair[1][2] > floor), key=lambda pair: pair[1][2])
    cursor["young"] = dict(kept[-config.MOST_RECENT :])


def look_up_young(client: Client, cursor: dict[str, Any]) -> list[Incoming]:
    """Return a mark for each young post that is not there any more; nothing here can be edited."""
    remember_young(cursor, ())
    young: dict[str, list[str]] = dict(cursor.get("young") or {})
    if not young:
        return []
    try:
        there = look_up_posts(client, list(young))
    except (InvalidContent, Transient):
        return []
    gone = [uri for uri in young if uri not in there]
    found = [mark_deleted(uri, *young.pop(uri)[:2]) for uri in gone]
    cursor["young"] = young
    return found


def mark_deleted(uri: str, thread_key: str, author_key: str) -> Incoming:
    """Return the news that a post was deleted by its author, or hidden from us."""
    return Incoming(
        remote_id=uri,
        thread_key=thread_key,
        author=Author(key=author_key),
        text="",
        written_at=datetime.now(UTC),
        raw=f'{{"deleted":"{uri}"}}'.encode(),
        visibility=Visibility.PUBLIC,
        deleted=True,
    )
