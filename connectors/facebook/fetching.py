"""Read what is new on a Page: posts and comments, then Messenger (contract sections 2.3 and 3)."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from connectors import errors
from connectors.contract import Page
from connectors.facebook import config
from connectors.facebook.client import Client
from connectors.facebook.items import pair_elements, read_item
from connectors.facebook.messaging import read_threads
from connectors.facebook.parse import (
    Own,
    Post,
    belongs_somewhere,
    parse_comment,
    parse_post,
    read_post,
    read_time,
)
from connectors.facebook.watching import POST, THREAD, look_again, remember
from connectors.reading import Malformed, read_dict
from inbox.incoming import Incoming, Unreadable

Cursor = dict[str, Any]
Item = Incoming | Unreadable


def fetch_pages(client: Client, own: Own, cursor: Cursor) -> Iterator[Page]:
    """Yield what is new since `cursor`, each page with the cursor that is true after it."""
    cursor = dict(cursor)
    yield from read_posts(client, own, cursor)
    try:
        for thread, page in read_threads(client, own, cursor):
            remember(cursor, THREAD, thread, page.items)
            yield replace(page, cursor=dict(cursor))
    except errors.PermissionMissing as error:
        # Comments go on although messages may not be read.
        yield Page((), cursor, {}, (f"Messenger messages cannot be read. {error.sentence}",))
    yield from look_again(client, own, cursor)
    percent = client.usage_percent()
    slow = config.SLOW_DOWN if percent >= config.SLOW_AT else 1
    yield Page((), cursor, {"usage_percent": percent, "slow_down": slow})


def read_posts(client: Client, own: Own, cursor: Cursor) -> Iterator[Page]:
    """Yield visitors' posts and all comments of posts that changed since they were last read."""
    known: dict[str, list[Any]] = dict(cursor.get("posts") or {})
    # A run that stopped half-way left older posts unread beneath newer ones that are known.
    unfinished = bool(cursor.get("unfinished"))
    is_deep = float(cursor.get("deep_at") or 0) <= time.time() or unfinished
    waiting: list[Item] = []
    started, reach = datetime.now(UTC), config.reach_unknown(cursor, "posts_since")
    # What was written while the desk was away may fill many pages; on the first look a few are enough.
    most = config.MOST_PAGES if cursor.get("posts_since") else config.DEEP_PAGES
    for number, answer in enumerate(read_feed(client, most), start=1):
        changed = is_young = False
        for item, raw in answer:
            post = see_post(item, own)
            if post is None:
                waiting.append(read_item(item, raw, partial(parse_post_text, own=own)))
                continue
            is_young = is_young or post.created_at >= reach
            before = known.get(post.id)
            if before and before[:2] == [post.count, post.updated]:
                continue
            changed = True
            items, seen = read_changed(client, own, post, (item, raw), known=before, unknown=reach)
            waiting += items
            remember(cursor, POST, post.id, items)
            known[post.id] = [post.count, post.updated, seen.isoformat()]
            if len(waiting) >= config.PAGE_ITEMS:
                cursor |= {"posts": dict(known), "unfinished": True}
                yield Page(tuple(in_order(waiting)), dict(cursor))
                waiting = []
        # A burst fills more than one page of the feed: go on until one holds nothing new. An empty one says
        # nothing: more can follow it.
        beneath = unfinished and is_young
        if answer and not changed and not beneath and (not is_deep or number >= config.DEEP_PAGES):
            break
    cursor["posts"] = keep_newest(known)
    cursor["posts_since"] = started.isoformat()
    cursor.pop("unfinished", None)
    if is_deep:
        cursor["deep_at"] = time.time() + config.DEEP_SECONDS
    yield Page(tuple(in_order(waiting)), dict(cursor))


def read_feed(client: Client, pages: int) -> Iterator[list[tuple[Any, str]]]:
    """Yield the Page's posts, newest first, page by page, with their own text."""
    return read_edge(client, f"{client.page_id}/feed", pages, fields=config.FEED_FIELDS)


def read_edge(client: Client, path: str, pages: int, **args: Any) -> Iterator[list[tuple[Any, str]]]:
    """Yield an edge's pages while Facebook names a next one; a page may be empty and not the last."""
    after: dict[str, str] = {}
    for _ in range(pages):
        answer = client.read(path, limit=100, **args, **after)
        yield pair_elements(client, answer)
        paging = read_dict(answer, "paging")
        cursor = read_dict(paging, "cursors").get("after")
        if not paging.get("next") or not cursor:
            return
        after = {"after": str(cursor)}


def see_post(item: Any, own: Own) -> Post | None:
    """Return the post, None when it cannot be read."""
    try:
        return read_post(item, own)
    except (Malformed, AttributeError, TypeError):
        return None


def parse_post_text(item: dict[str, Any], raw: str, *, own: Own) -> Incoming:
    """Turn a post into the inbox's form, in the order of arguments that reading items uses."""
    return parse_post(item, own, raw)


def read_changed(
    client: Client,
    own: Own,
    post: Post,
    source: tuple[Any, str],
    *,
    known: list[Any] | None,
    unknown: datetime,
) -> tuple[list[Item], datetime]:
    """Return a changed post's new items, and how far its comments are known now.

    `known` is what the cursor says of the post, `unknown` how far back to read one of which it says nothing:
    as far as the last whole look, however long ago that was, for a post may be as old as the outage.
    Comments come newest first and are read until one lies well beneath what is known (contract 2.3).
    """
    seen = datetime.fromisoformat(known[2]) if known else unknown
    reach = seen - config.OVERLAP if known else seen
    items: list[Item] = []
    if post.author != own.page_id and (known is None and post.created_at >= reach):
        items.append(read_item(*source, partial(parse_post_text, own=own)))
    comments = read_comments(client, own, post, reach) if post.count else []
    written = [item.written_at for item in comments if isinstance(item, Incoming)]
    kept = [item for item in comments if belongs_somewhere(item)]
    return items + kept, max([seen, *written])


def read_comments(client: Client, own: Own, post: Post, reach: datetime) -> list[Item]:
    """Return the post's comments, all levels, that are younger than `reach`."""
    found: list[tuple[Any, str]] = []
    edge = partial(
        read_edge, client, f"{post.id}/comments", config.COMMENT_PAGES, fields=config.COMMENT_FIELDS
    )
    try:
        for page in edge(filter="stream", order="reverse_chronological"):
            fresh = [pair for pair in page if is_younger(pair[0], reach)]
            found += fresh
            if len(fresh) < len(page):
                break
    except errors.ParentGone:
        # Deleted between the two readings; what came before stays stored (contract section 2.3).
        return []
    for item, _ in found:
        writer = read_dict(item, "from").get("id") if isinstance(item, dict) else None
        if writer:
            post.writers[str(item.get("id"))] = str(writer)
    return [
        read_item(item, raw, lambda one, text: parse_comment(one, own, text, post=post))
        for item, raw in found
    ]


def is_younger(item: Any, reach: datetime) -> bool:
    """Say whether an item is younger than `reach`; one whose time cannot be read counts as young."""
    try:
        return read_time(item) >= reach
    except (Malformed, AttributeError):
        return True


def in_order(items: list[Item]) -> list[Item]:
    """Return the items, which come newest first, oldest first; what cannot be read comes last.

    Times are whole seconds: within one second the order in which Facebook gave them is turned round.
    """
    latest = datetime.max.replace(tzinfo=UTC)
    return sorted(items[::-1], key=lambda item: item.written_at if isinstance(item, Incoming) else latest)


def keep_newest(known: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the posts that were active last, so that the cursor stays small."""
    newest = sorted(known.items(), key=lambda pair: pair[1][2])[-config.MOST_POSTS :]
    return dict(newest)
