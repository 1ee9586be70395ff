"""Read Messenger: threads that changed, and their newest messages (contract section 3)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.contract import Page
from connectors.facebook import config
from connectors.facebook.client import Client
from connectors.facebook.items import pair_elements, read_item
from connectors.facebook.parse import Own, parse_message, read_time
from connectors.reading import Malformed, read_dict, read_id
from inbox.incoming import Incoming, Unreadable

# A message can carry a time a little before one that is known already.
OVERLAP = timedelta(seconds=60)
# Times of change come in whole seconds: a thread that was read within that second may change again under the
# same time. Its mark says so, and it is read once more when the second is surely over.
UNSETTLED, SETTLED_AFTER = "~", timedelta(seconds=2)
# Facebook gives the details of a thread's twenty newest messages only.
DETAILS = 20
GAP = "More than twenty messages came into one Messenger thread at once; Facebook gives no more than that."
Cursor = dict[str, Any]


def read_threads(client: Client, own: Own, cursor: Cursor) -> Iterator[tuple[str, Page]]:
    """Yield each thread that changed with a page of its new messages."""
    known: dict[str, str] = dict(cursor.get("threads") or {})
    started, unknown = datetime.now(UTC), config.reach_unknown(cursor, "threads_since")
    for thread, updated in list_changed(client, known, unknown):
        reach = reach_of(known[thread]) if thread in known else unknown
        items, whole = read_messages(client, own, thread, reach)
        known[thread] = settle(known.get(thread), updated)
        cursor["threads"] = keep_newest(known)
        warnings = () if whole or not known else (GAP,)
        yield thread, Page(tuple(items), dict(cursor), {}, warnings)
    cursor["threads_since"] = started.isoformat()


def settle(before: str | None, updated: str) -> str:
    """Return what to remember of a thread that was just read: its time of change, marked if still open."""
    is_over = datetime.now(UTC) - datetime.fromisoformat(updated) >= SETTLED_AFTER
    return updated if is_over and before == updated + UNSETTLED else updated + UNSETTLED


def list_changed(client: Client, known: dict[str, str], unknown: datetime) -> list[tuple[str, str]]:
    """Return the threads whose time of change is not the known one, oldest change first.

    Threads come newest first; the first page without any change ends the reading. `unknown` is how far back
    to look for those that are not known.
    """
    changed: list[tuple[str, str]] = []
    after: dict[str, str] = {}
    for _ in range(config.THREAD_PAGES):
        answer = client.read(
            f"{client.page_id}/conversations",
            platform="messenger",
            fields=config.THREAD_FIELDS,
            limit=50,
            **after,
        )
        shown = [read_thread(element) for element in pair_elements(client, answer)]
        fresh = [pair for pair in shown if is_changed(pair, known, unknown)]
        changed += [pair for pair in fresh if pair]
        paging = read_dict(answer, "paging")
        cursor = read_dict(paging, "cursors").get("after")
        # An empty page can have a next one all the same.
        if (shown and not fresh) or not paging.get("next") or not cursor:
            break
        after = {"after": str(cursor)}
    return changed[::-1]


def read_thread(element: tuple[Any, str]) -> tuple[str, str] | None:
    """Return a thread's id and its time of change; None when it cannot be read."""
    try:
        return read_id(element[0]), read_time(element[0], "updated_time").isoformat()
    except (Malformed, AttributeError):
        return None


def is_changed(pair: tuple[str, str] | None, known: dict[str, str], unknown: datetime) -> bool:
    """Say whether a thread must be read: its time has changed, and it is not older than our memory."""
    if pair is None:
        return False
    thread, updated = pair
    if thread in known:
        return known[thread] != updated
    oldest = min(known.values(), default="") if len(known) >= config.MOST_THREADS else ""
    return updated >= (oldest or unknown.isoformat())


def reach_of(known: str) -> datetime:
    """Return how far back to read a known thread."""
    return datetime.fromisoformat(known.removesuffix(UNSETTLED)) - OVERLAP


def read_messages(
    client: Client, own: Own, thread: str, reach: datetime
) -> tuple[list[Incoming | Unreadable], bool]:
    """Return a thread's messages since `reach`, oldest first, and whether none can have been missed."""
    answer = client.read(f"{thread}/messages", fields=config.MESSAGE_FIELDS, limit=DETAILS)
    elements = pair_elements(client, answer)
    items = [
        read_item(item, raw, lambda one, text: parse_message(one, own, text, thread=thread))
        for item, raw in elements
    ]
    fresh = [item for item in items if isinstance(item, Unreadable) or item.written_at >= reach]
    more = bool(read_dict(answer, "paging").get("next"))
    return fresh[::-1], not (more and len(fresh) == len(items))


def keep_newest(known: dict[str, str]) -> dict[str, str]:
    """Return the threads that changed last, so that the cursor stays small."""
    return dict(sorted(known.items(), key=lambda pair: pair[1])[-config.MOST_THREADS :])
