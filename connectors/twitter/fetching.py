"""Read what is new on X: mentions with our own posts, then private messages (contract section 1.3).

X gives the newest first; the desk stores the oldest first, so that a cursor is true after every page.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import requests
import tweepy

from connectors import errors
from connectors.contract import Page
from connectors.reading import read_dict
from connectors.twitter import config
from connectors.twitter.client import Client
from connectors.twitter.items import Found, read_items
from connectors.twitter.parse import Own, parse_message, parse_post, time_of
from connectors.twitter.young import look_up_young, remember_young

PAGE_ITEMS = 100
MOST_PAGES = 20
GAP = "More than 800 mentions came in at once; X gives no more than that, so some were not fetched."
Cursor = dict[str, Any]
# A page's call takes the token of the page, None for the first.
PageCall = Callable[[tweepy.Client, bool, str | None], requests.Response]


def fetch_pages(client: Client, own: Own, cursor: Cursor) -> Iterator[Page]:
    """Yield what is new since `cursor`, public posts first, each page with the cursor true after it."""
    cursor = dict(cursor)
    found, warnings = read_public(client, own, cursor)
    yield from in_pages(found, cursor, meter(client), warnings)
    if is_due(cursor, "dm_at"):
        wait = float(client.access.config.get("message_seconds") or config.MESSAGE_SECONDS)
        try:
            found = read_messages(client, own, cursor)
            warnings = ()
        except errors.RateLimited as error:
            # The limit on private messages must not hold up the mentions.
            wait = max(wait, (error.until - datetime.now(UTC)).total_seconds())
            found, warnings = [], (f"Private messages are limited until {error.until:%H:%M} UTC.",)
        except errors.PermissionMissing as error:
            wait, found, warnings = 900.0, [], (f"Private messages cannot be read. {error.sentence}",)
        cursor["dm_at"] = time.time() + wait
        yield from in_pages(found, cursor, {}, warnings)


def is_due(cursor: Cursor, name: str) -> bool:
    """Say whether the moment kept under `name` has come."""
    return float(cursor.get(name) or 0) <= time.time()


def in_pages(
    found: list[Found], cursor: Cursor, facts: dict[str, Any], warnings: tuple[str, ...]
) -> Iterator[Page]:
    """Yield the items oldest first; one page is there even when nothing is new, for the cursor's sake."""
    ordered = sorted(found, key=lambda one: one.number)
    for start in range(0, max(len(ordered), 1), PAGE_ITEMS):
        piece = ordered[start : start + PAGE_ITEMS]
        for one in piece:
            if one.moves and one.number > int(cursor.get(one.stream) or 0):
                cursor[one.stream] = str(one.number)
        remember_young(cursor, piece)
        yield Page(tuple(one.item for one in piece), dict(cursor), facts, warnings if not start else ())


def read_public(client: Client, own: Own, cursor: Cursor) -> tuple[list[Found], tuple[str, ...]]:
    """Read mentions, our own posts, late mentions and young posts again, as far as each is due."""
    since = cursor.get("mentions")
    mentions, whole = read_posts(client, own, "mentions", since_window(since))
    warnings = (GAP,) if since and not whole else ()
    echoes, _ = read_posts(client, own, "own", since_window(cursor.get("own")))
    found = mentions + [one for one in echoes if is_answer(one, own)]
    if since and is_due(cursor, "late_at"):
        cursor["late_at"] = time.time() + config.LATE_SECONDS
        found += read_late(client, own, str(since))
    if is_due(cursor, "young_at"):
        cursor["young_at"] = time.time() + config.LOOK_UP_SECONDS
        found += look_up_young(client, own, cursor)
    return found, warnings


def since_window(since: Any) -> dict[str, Any]:
    """Return how far back to read: from the last known id, or a day when there is none."""
    if since:
        return {"since_id": str(since)}
    return {"start_time": datetime.now(UTC) - timedelta(seconds=config.FIRST_REACH_SECONDS)}


def read_posts(client: Client, own: Own, stream: str, window: dict[str, Any]) -> tuple[list[Found], bool]:
    """Read every page of one timeline; False when X's own end was reached before the cursor was."""
    found: list[Found] = []
    for answer in read_answers(client, partial(ask_posts, client.own_id, stream, window)):
        found += read_items(answer, stream, partial(parse_post, own=own))
    return found, not ("since_id" in window and len(found) >= config.MENTIONS_REACH)


def ask_posts(
    own_id: str, stream: str, window: dict[str, Any], api: tweepy.Client, signed: bool, token: str | None
) -> requests.Response:
    """Ask for one page of mentions or of our own posts."""
    call = api.get_users_mentions if stream == "mentions" else api.get_users_tweets
    answer: requests.Response = call(
        own_id, pagination_token=token, max_results=100, user_auth=signed, **window, **POST_FIELDS
    )
    return answer


POST_FIELDS = {
    "tweet_fields": config.TWEET_FIELDS,
    "expansions": config.EXPANSIONS,
    "media_fields": config.MEDIA_FIELDS,
    "user_fields": config.USER_FIELDS,
}


def is_answer(found: Found, own: Own) -> bool:
    """Keep those of our own posts that answer somebody else; announcements belong to no conversation."""
    item = found.item
    partner = getattr(item, "thread_key", "").rpartition(":")[2]
    return partner not in {"", own.id}


def read_late(client: Client, own: Own, since: str) -> list[Found]:
    """Read again beneath the cursor: mentions can appear late (contract section 1.3)."""
    reach = datetime.now(UTC) - timedelta(seconds=config.LATE_REACH_SECONDS)
    if time_of(since) <= reach:
        return []
    found, _ = read_posts(client, own, "mentions", {"start_time": reach, "until_id": since})
    return found


def read_messages(client: Client, own: Own, cursor: Cursor) -> list[Found]:
    """Read private messages, newest first, until a known one; X keeps thirty days of them."""
    known = int(cursor.get("dm") or 0)
    reach = datetime.now(UTC) - timedelta(seconds=config.FIRST_REACH_SECONDS)
    found: list[Found] = []
    for answer in read_answers(client, ask_messages):
        items = read_items(answer, "dm", partial(parse_message, own=own), is_message)
        fresh = [one for one in items if one.number > known]
        if not known:
            fresh = [one for one in fresh if is_younger(one, reach)]
        found += fresh
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


def read_answers(client: Client, call: PageCall) -> Iterator[dict[str, Any]]:
    """Yield an endpoint's answers, page after page, while X names a next one."""
    token: str | None = None
    for _ in range(MOST_PAGES):
        answer = client.read(lambda api, signed, at=token: call(api, signed, at))  # type: ignore[misc]
        yield answer
        token = read_dict(answer, "meta").get("next_token")
        if not token:
            return


def meter(client: Client) -> dict[str, Any]:
    """Return how many requests are left, for people."""
    last = client.session.wire.last
    left = (last.headers.get("x-rate-limit-remaining") if last is not None else None) or ""
    is_number = left.isascii() and left.isdigit() and len(left) < 10
    return {"requests_left": int(left)} if is_number else {}
