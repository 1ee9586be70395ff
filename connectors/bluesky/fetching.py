"""Read what is new on Bluesky: posts that concern us, our own answers, then the chat (contract section 7).

Notifications come newest first; the desk stores the oldest first, so that a cursor is true after every page.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors import errors
from connectors.bluesky import config
from connectors.bluesky.chat import fetch_chat
from connectors.bluesky.client import Client, Element
from connectors.bluesky.parse import (
    Own,
    Views,
    find_partner,
    parse_notice,
    parse_own,
    quoted_uri,
    read_item,
    read_moment,
)
from connectors.bluesky.young import look_up_shown, look_up_young, remember_young
from connectors.contract import Page
from connectors.reading import Malformed, read_dict
from inbox.incoming import Incoming, Unreadable

Cursor = dict[str, Any]
LOWEST_KEY = "2" * 13
REASONS = [("reasons", reason) for reason in ("mention", "reply", "quote")]
GAP = "More posts were waiting than could be read at once; the oldest of them were not fetched."


def fetch_pages(client: Client, own: Own, cursor: Cursor) -> Iterator[Page]:
    """Yield what is new since `cursor`, each page with the cursor that is true after it."""
    cursor = dict(cursor)
    yield from fetch_posts(client, own, cursor)
    yield fetch_own(client, own, cursor)
    if is_due(cursor, "young_at"):
        changed = look_up_young(client, cursor)
        cursor["young_at"] = time.time() + config.LOOK_UP_SECONDS
        yield Page(tuple(changed), dict(cursor))
    left = client.requests_left()
    if is_due(cursor, "chat_at"):
        yield from read_chat(client, own, cursor)
    facts = {} if left is None else {"requests_left": left}
    slow = config.SLOW_DOWN if left is not None and left < config.FEW_LEFT else 1
    yield Page((), dict(cursor), {**facts, "slow_down": slow})


def is_due(cursor: Cursor, name: str) -> bool:
    """Say whether the moment kept under `name` has come."""
    return float(cursor.get(name) or 0) <= time.time()


def read_chat(client: Client, own: Own, cursor: Cursor) -> Iterator[Page]:
    """Yield the chat's pages; an app password without the chat must not hold up the posts."""
    try:
        yield from fetch_chat(client, own, cursor)
    except errors.RateLimited as error:
        cursor["chat_at"] = error.until.timestamp()
        yield Page((), dict(cursor), {}, (f"The chat is limited until {error.until:%H:%M} UTC.",))
    except (errors.AuthExpired, errors.PermissionMissing):
        # The posts were just read with the same session, so it is the chat that is not covered.
        cursor["chat_at"] = time.time() + config.CHAT_PAUSE_SECONDS
        warning = "The chat cannot be read. Make an app password that allows access to direct messages."
        yield Page((), dict(cursor), {}, (warning,))


def fetch_posts(client: Client, own: Own, cursor: Cursor) -> Iterator[Page]:
    """Yield the new posts, oldest first, a hundred a page."""
    elements, whole = list_notices(client, cursor)
    warnings = () if whole else (GAP,)
    for start in range(0, len(elements), config.PAGE_ITEMS):
        piece = elements[start : start + config.PAGE_ITEMS]
        views = look_up_shown(client, list_wanted(piece))
        items = [read_notice(element, views, own) for element in piece]
        cursor["seen"] = max([str(cursor.get("seen") or ""), *filter(None, map(indexed_at, piece))])
        remember_young(cursor, items)
        yield Page(tuple(items), dict(cursor), {}, warnings if not start else ())


def list_notices(client: Client, cursor: Cursor) -> tuple[list[Element], bool]:
    """Return the notifications that are not known, oldest first, and whether none can have been missed."""
    floor = floor_of(cursor)
    known = set(cursor.get("young") or {})
    found: dict[str, Element] = {}
    place: list[tuple[str, str]] = []
    for _ in range(config.MOST_PAGES):
        ask = [*REASONS, ("limit", str(config.PAGE_ITEMS)), *place]
        elements, answer = client.read_list("app.bsky.notification.listNotifications", "notifications", ask)
        young = [element for element in elements if (indexed_at(element) or floor) >= floor]
        for element in young:
            name = uri_of(element) or element[1]
            if name not in known:
                found.setdefault(name, element)
        if len(young) < len(elements) or not answer.get("cursor"):
            return list(found.values())[::-1], True
        place = [("cursor", str(answer["cursor"]))]
    return list(found.values())[::-1], False


def floor_of(cursor: Cursor) -> str:
    """Return how far back to read: a little before what was seen last, a day when nothing was."""
    seen = str(cursor.get("seen") or "")
    if not seen:
        return write_moment(datetime.now(UTC) - timedelta(seconds=config.FIRST_REACH_SECONDS))
    return write_moment(datetime.fromisoformat(seen) - timedelta(seconds=config.OVERLAP_SECONDS))


def indexed_at(element: Element) -> str:
    """Return when an element arrived, in a form that sorts; empty when it does not say."""
    try:
        return write_moment(read_moment(element[0], "indexedAt"))
    except (Malformed, AttributeError):
        return ""


def write_moment(moment: datetime) -> str:
    """Return a time in one form, with microseconds, so that texts sort as times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def uri_of(element: Element) -> str:
    """Return an element's address, empty when it has none."""
    value = element[0].get("uri") if isinstance(element[0], dict) else None
    return value if isinstance(value, str) else ""


def list_wanted(elements: Iterable[Element]) -> list[str]:
    """Return the addresses of the posts, and of those that they answer or quote."""
    wanted: list[str] = []
    for item, _raw in elements:
        record = read_dict(item, "record") if isinstance(item, dict) else {}
        parent = read_dict(read_dict(record, "reply"), "parent").get("uri")
        own = item.get("uri") if isinstance(item, dict) else None
        wanted += [one for one in (own, parent, quoted_uri(record)) if isinstance(one, str) and one]
    return list(dict.fromkeys(wanted))


def read_notice(element: Element, views: Views, own: Own) -> Incoming | Unreadable:
    """Return one notification's post."""
    item, raw = element
    return read_item(item, raw, lambda: parse_notice(item, views, own, raw))


def fetch_own(client: Client, own: Own, cursor: Cursor) -> Page:
    """Return our own answers since the last one that is known, by the keys of our repository."""
    known = str(cursor.get("own") or "")
    elements = list_records(client, own, known)
    keys = [key_of(element) for element in elements]
    fresh = [element for element in elements if key_of(element) > known]
    reach = datetime.now(UTC) - timedelta(seconds=config.FIRST_REACH_SECONDS)
    items = [item for item in (read_own(element, own) for element in fresh[::-1]) if item is not None]
    if not known:
        items = [item for item in items if isinstance(item, Unreadable) or item.written_at >= reach]
    cursor["own"] = max([known or LOWEST_KEY, *keys])
    return Page(tuple(items), dict(cursor))


def list_records(client: Client, own: Own, known: str) -> list[Element]:
    """Return our newest records, as far back as the known key; one page where none is known."""
    ask: dict[str, Any] = {"repo": own.did, "collection": config.POSTS, "limit": config.PAGE_ITEMS}
    found: list[Element] = []
    for _ in range(config.MOST_PAGES):
        elements, answer = client.read_list("com.atproto.repo.listRecords", "records", ask)
        found += elements
        if not known or not elements or key_of(elements[-1]) <= known or not answer.get("cursor"):
            break
        ask["cursor"] = str(answer["cursor"])
    return found


def key_of(element: Element) -> str:
    """Return a record's key, which sorts by time."""
    return uri_of(element).rpartition("/")[2]


def read_own(element: Element, own: Own) -> Incoming | Unreadable | None:
    """Return a post of ours that speaks to somebody; announcements belong to no conversation."""
    item, raw = element
    if isinstance(item, dict) and not find_partner(read_dict(item, "value"), own):
        return None
    return read_item(item, raw, lambda: parse_own(item, own, raw))
