"""Read what is new on Mastodon: mentions above the cursor, then our own answers (contract section 8)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors import errors
from connectors.contract import Page
from connectors.mastodon import config
from connectors.mastodon.client import Client, Element
from connectors.mastodon.parse import Own, Setting, find_partner, parse_status, read_item, read_time
from connectors.mastodon.young import look_up_young, remember_young
from connectors.reading import Malformed, read_dict, read_list
from inbox.incoming import Incoming, Unreadable

Cursor = dict[str, Any]
Item = Incoming | Unreadable
GAP = "More mentions were waiting than could be read at once; the oldest of them were not fetched."
BEGINNING = "0"


@dataclass(frozen=True)
class Batch:
    """One answer's elements, oldest first; `before` is what was known without having been read."""

    elements: list[Element]
    warnings: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


def fetch_pages(client: Client, own: Own, cursor: Cursor) -> Iterator[Page]:
    """Yield what is new since `cursor`, each page with the cursor that is true after it."""
    cursor = dict(cursor)
    threads = Threads(client)

    def read_mention(element: Element) -> Item:
        return read_notification(element, own, threads)

    yield from in_pages(list_mentions(client, cursor), "notices", cursor, read_mention)
    mine = list_own(client, cursor)
    yield from in_pages(mine, "own", cursor, lambda element: read_own(element, own, threads))
    if float(cursor.get("young_at") or 0) <= time.time():
        changed = look_up_young(client, own, cursor)
        cursor["young_at"] = time.time() + config.LOOK_UP_SECONDS
        yield Page(tuple(changed), dict(cursor))
    left = client.requests_left()
    facts = {} if left is None else {"requests_left": left}
    slow = config.SLOW_DOWN if left is not None and left < config.FEW_LEFT else 1
    yield Page((), dict(cursor), {**facts, "slow_down": slow})


def in_pages(
    batches: Iterator[Batch],
    name: str,
    cursor: Cursor,
    read: Callable[[Element], Item | None],
) -> Iterator[Page]:
    """Yield each page's new items; the cursor keeps the last ids that were read under `name`."""
    for batch in batches:
        known = list(cursor.get(name) or batch.before)
        fresh = [element for element in batch.elements if id_of(element) not in known]
        items = [item for item in map(read, fresh) if item is not None]
        ids = [one for one in map(id_of, fresh) if one]
        cursor[name] = [*known, *ids][-config.OVERLAP_ITEMS :] or [BEGINNING]
        remember_young(cursor, items)
        yield Page(tuple(items), dict(cursor), {}, batch.warnings)


def list_mentions(client: Client, cursor: Cursor) -> Iterator[Batch]:
    """Yield notifications in pages, oldest first."""
    ask = {"types[]": "mention", "limit": config.PAGE_ITEMS}
    return list_upward(client, "/api/v1/notifications", ask, cursor.get("notices"))


def list_own(client: Client, cursor: Cursor) -> Iterator[Batch]:
    """Yield our own statuses in pages, oldest first."""
    ask = {"limit": config.OWN_ITEMS, "exclude_reblogs": "true"}
    return list_upward(client, f"/api/v1/accounts/{client.own_id}/statuses", ask, cursor.get("own"))


def list_upward(client: Client, path: str, ask: dict[str, Any], known: list[str] | None) -> Iterator[Batch]:
    """Yield the pages above what is known: min_id leaves no gaps, since_id would (contract section 8)."""
    if not known:
        yield list_first(client, path, ask)
        return
    above = known[0]
    for _ in range(config.MOST_PAGES):
        elements = client.read_list(path, **ask, min_id=above)[::-1]
        yield Batch(elements)
        if len(elements) < ask["limit"]:
            return
        above = id_of(elements[-1]) or above


def list_first(client: Client, path: str, ask: dict[str, Any]) -> Batch:
    """Return the last day's elements, oldest first: there is no way to ask by time.

    What is older stays unread, so the newest of it is where reading upward begins.
    """
    reach = datetime.now(UTC) - timedelta(seconds=config.FIRST_REACH_SECONDS)
    found: list[Element] = []
    below: dict[str, str] = {}
    for _ in range(config.MOST_PAGES):
        elements = client.read_list(path, **ask, **below)
        young = [element for element in elements if is_younger(element, reach)]
        found += young
        if len(young) < ask["limit"]:
            older = [id_of(element) for element in elements if element not in young]
            return Batch(found[::-1], before=tuple(older[:1]))
        below = {"max_id": id_of(elements[-1])}
    return Batch(found[::-1], (GAP,))


def is_younger(element: Element, reach: datetime) -> bool:
    """Say whether an element is younger than `reach` (one that cannot be read counts as young)."""
    item = element[0]
    try:
        return read_time(read_dict(item, "status") or item) >= reach
    except (Malformed, AttributeError):
        return True


def id_of(element: Element) -> str:
    """Return an element's own id, empty when it has none."""
    item = element[0]
    value = item.get("id") if isinstance(item, dict) else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def read_notification(element: Element, own: Own, threads: "Threads") -> Item:
    """Return the status of a notification, with the notification as its source."""
    item, raw = element

    def read() -> Incoming:
        status = read_dict(item, "status")
        return parse_status(status, own, threads.find(status), raw)

    return read_item(item, raw, read)


def read_own(element: Element, own: Own, threads: "Threads") -> Item | None:
    """Return a status of ours that speaks to somebody; announcements belong to no conversation."""
    item, raw = element
    if isinstance(item, dict) and not find_partner(item, own):
        return None
    return read_item(item, raw, lambda: parse_status(item, own, threads.find(item), raw))


class Threads:
    """Finds the first status of each thread, asked once a poll for what hangs beneath the same status."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.known: dict[str, Setting] = {}
        self.is_sick = False

    def find(self, status: dict[str, Any]) -> Setting:
        """Return where a status stands."""
        parent = str(status.get("in_reply_to_id") or "")
        if not parent:
            return Setting()
        if parent not in self.known:
            self.known[parent] = self.ask(str(status.get("id") or ""), parent)
        return self.known[parent]

    def ask(self, status_id: str, parent: str) -> Setting:
        """Ask what stands above a status; where that is not told, the nearest id that is known must do.

        A server that cannot tell it is asked once a poll only: nothing may hold a message up.
        """
        if self.is_sick:
            return Setting(root=parent)
        try:
            answer = self.client.read(f"/api/v1/statuses/{status_id}/context")
        except (errors.ParentGone, errors.InvalidContent, errors.PermissionMissing):
            return Setting(root=parent)
        except errors.Transient:
            self.is_sick = True
            return Setting(root=parent)
        above = read_list(answer, "ancestors")
        if not above:
            return Setting(root=parent)
        return Setting(root=str(above[0].get("id") or parent), parent=above[-1])
