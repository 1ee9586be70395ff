"""Read what is new on X: mentions with our own posts, what mentions leave out, then private messages.

X gives the newest first; the desk stores the oldest first, so that a cursor is true after every page.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import requests
import tweepy

from connectors import errors
from connectors.contract import Page
from connectors.twitter import config, streams
from connectors.twitter.client import Client
from connectors.twitter.gaps import fill_gap, list_gaps
from connectors.twitter.items import Found, read_items
from connectors.twitter.parse import Own, parse_message
from connectors.twitter.sides import SIDES, read_side, remember_ours
from connectors.twitter.young import remember_young

PAGE_ITEMS = 100
Cursor = dict[str, Any]
Warnings = tuple[str, ...]


def fetch_pages(client: Client, own: Own, cursor: Cursor) -> Iterator[Page]:
    """Yield what is new since `cursor`, public posts first, each page with the cursor true after it."""
    cursor = dict(cursor)
    client.ledger.load(cursor.get("paid") or {})
    if not cursor.get("mentions"):
        # Nothing can be late yet: what this first poll reads is read for the first time.
        cursor["late_at"] = time.time() + config.LATE_SECONDS
    yield from in_pages(read_public(client, own, cursor), cursor, client)
    warnings: Warnings = ()
    for side in SIDES:
        found, said = read_side(side, client, own, cursor)
        warnings += said
        if found:
            yield from in_pages(found, cursor, client)
    if is_due(cursor, "dm_at"):
        found, cursor["dm_said"] = read_private(client, own, cursor)
        if found:
            yield from in_pages(found, cursor, client)
    warnings += (*cursor.get("dm_said", ()), *list_gaps(cursor), *client.ledger.warn())
    cursor["paid"] = client.ledger.dump()
    yield Page((), dict(cursor), {**client.describe_left(), **client.ledger.describe()}, warnings)


def is_due(cursor: Cursor, name: str) -> bool:
    """Say whether the moment kept under `name` has come."""
    return float(cursor.get(name) or 0) <= time.time()


def in_pages(found: list[Found], cursor: Cursor, client: Client) -> Iterator[Page]:
    """Yield the items oldest first; one page is there even when nothing is new, for the cursor's sake."""
    ordered = sorted(found, key=lambda one: one.number)
    for start in range(0, max(len(ordered), 1), PAGE_ITEMS):
        piece = ordered[start : start + PAGE_ITEMS]
        for one in piece:
            if one.moves and one.number > int(cursor.get(one.stream) or 0):
                cursor[one.stream] = str(one.number)
        remember_young(cursor, piece)
        cursor["paid"] = client.ledger.dump()
        yield Page(tuple(one.item for one in piece), dict(cursor))


def read_public(client: Client, own: Own, cursor: Cursor) -> list[Found]:
    """Read mentions and our own posts; of those, the answers belong to conversations."""
    window = streams.since_window(cursor.get("mentions"))
    call = streams.timeline(client.own_id, "mentions", window)
    mentions, pages = streams.read_stream(client, own, call, "mentions")
    mentions += fill_gap(client, own, cursor, mentions, pages)
    window = streams.since_window(cursor.get("own"))
    echoes, _pages = streams.read_stream(client, own, streams.timeline(client.own_id, "own", window), "own")
    remember_ours(cursor, echoes)
    client.ledger.pay_for_posts(echoes)
    if echoes:
        newest = max(one.number for one in echoes)
        cursor["own"] = str(max(newest, int(cursor.get("own") or 0)))
    return mentions + [one for one in echoes if is_answer(one, own)]


def is_answer(found: Found, own: Own) -> bool:
    """Keep those of our own posts that answer somebody else; announcements belong to no conversation."""
    item = found.item
    partner = getattr(item, "thread_key", "").rpartition(":")[2]
    return partner not in {"", own.id}


def read_private(client: Client, own: Own, cursor: Cursor) -> tuple[list[Found], Warnings]:
    """Read private messages; their limit must not hold up the mentions."""
    wait = float(client.access.config.get("message_seconds") or config.MESSAGE_SECONDS)
    found: list[Found] = []
    said: Warnings = ()
    try:
        found = read_messages(client, own, cursor)
    except errors.RateLimited as error:
        wait = max(wait, (error.until - datetime.now(UTC)).total_seconds())
        said = (f"Private messages are limited until {error.until:%H:%M} UTC.",)
    except errors.PermissionMissing as error:
        wait, said = 900.0, (f"Private messages cannot be read. {error.sentence}",)
    cursor["dm_at"] = time.time() + wait * client.ledger.slow_down
    return found, said


def read_messages(client: Client, own: Own, cursor: Cursor) -> list[Found]:
    """Read private messages, newest first, until a known one; X keeps thirty days of them.

    Those of the last half hour are handed over again: one that came late is not lost, a known one is nothing.
    """
    known = int(cursor.get("dm") or 0)
    first = datetime.now(UTC) - timedelta(seconds=config.FIRST_REACH_SECONDS)
    late = datetime.now(UTC) - timedelta(seconds=config.LATE_REACH_SECONDS)
    found: list[Found] = []
    for answer in streams.read_answers(client, ask_messages):
        items = read_items(answer, "dm", partial(parse_message, own=own), is_message)
        fresh = [one for one in items if one.number > known and (known or is_younger(one, first))]
        client.ledger.pay_for_messages(len(fresh), answer)
        found += fresh + [one for one in items if one.number <= known and is_younger(one, late)]
        if len(fresh) < len(items):
            break
    return found


def ask_messages(api: tweepy.Client, signed: bool, token: str | None) -> requests.Response:
    """Ask for one page of private messages."""
    answer: requests.Response = api.get_direct_message_events(
        dm_event_fields=config.MESSAGE_FIELDS,
        expansions=["sender_id", "attachments.media_keys"],
        media_fields=config.MEDIA_FIELDS,
        user_fields=config.USER_FIELDS,
        max_results=100,
        pagination_token=token,
        user_auth=signed,
    )
    return answer


def is_message(item: dict[str, Any]) -> bool:
    """Keep messages; people joining and leaving are no messages."""
    return bool(item.get("event_type", "MessageCreate") == "MessageCreate")


def is_younger(found: Found, reach: datetime) -> bool:
    """Say whether an item is younger than `reach` (one that cannot be read counts as young)."""
    written = getattr(found.item, "written_at", None)
    return written is None or written >= reach
