"""Collect new mail in pages: by number above the last one, read or unread (contract section 6.2)."""

import imaplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.contract import AccountAccess, Page
from connectors.email.canary import read_check, take_away
from connectors.email.client import Inbox, Listed, explain, open_inbox
from connectors.email.config import PAGE_BYTES, PAGE_MAILS
from connectors.email.known import find_by_tag
from connectors.email.parse import MEDIA_TYPE, Fetched, parse_mail
from inbox.incoming import Incoming, Unreadable

MEASURED_AT_ONCE = 500
TRIES = 3
# With more than this many waiting, the newest page comes first: what is fresh must not wait for a backlog.
MANY = 3 * PAGE_MAILS
RENUMBERED = "The mail server gave its mails new numbers. All were compared again; none is collected twice."


@dataclass(frozen=True)
class Place:
    """Where the desk is in a folder. `stuck` counts the polls in which the server failed at the next mail.

    `ahead` are the first and the last number of what was read before its turn: it lies above a backlog that
    is still to be read. `plain` means that the server failed there, so that all is read in order.
    """

    validity: int = 0
    uid: int = 0
    stuck: int = 0
    ahead: tuple[int, int] | None = None
    plain: bool = False

    @classmethod
    def read(cls, cursor: dict[str, Any]) -> "Place":
        """Read a stored cursor; one that makes no sense begins anew, for nothing can come twice."""
        try:
            first, last = cursor.get("ahead") or (0, 0)
            return cls(
                int(cursor["validity"]),
                int(cursor["uid"]),
                int(cursor.get("stuck", 0)),
                ahead=(int(first), int(last)) if last else None,
                plain=bool(cursor.get("plain")),
            )
        except (KeyError, TypeError, ValueError):
            return cls()

    def write(self) -> dict[str, Any]:
        """Return the cursor to store."""
        more = {"stuck": self.stuck, "ahead": list(self.ahead or ()), "plain": self.plain}
        return {"validity": self.validity, "uid": self.uid} | {name: one for name, one in more.items() if one}

    def part(self, waiting: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return what is fresh and what is backlog, each in order, without what was read ahead."""
        if self.ahead:
            first, last = self.ahead
            return [uid for uid in waiting if uid > last], [uid for uid in waiting if uid < first]
        cut = len(waiting) - PAGE_MAILS if len(waiting) > MANY and not self.plain else 0
        return list(waiting[cut:]) if cut else [], list(waiting[:cut] if cut else waiting)

    def catch_up(self) -> "Place":
        """Return the place once the backlog is read: behind what was read ahead of it."""
        return replace(self, uid=max(self.uid, self.ahead[1] if self.ahead else 0), ahead=None, plain=False)


@dataclass
class Collected:
    """A batch that came, the check items in it, and the mail at which the server failed, if it did."""

    items: list[Incoming | Unreadable] = field(default_factory=list)
    failed: Listed | None = None
    error: Exception | None = None
    checks: dict[int, str] = field(default_factory=dict)

    def take(self, access: AccountAccess, inbox: Inbox, one: Listed, raw: bytes) -> None:
        """Take in one mail: a message, or our own check item."""
        token = read_check(raw, inbox.mailbox, access.id)
        if token:
            self.checks[one.uid] = token
        else:
            self.items.append(read(access, inbox, one, raw))

    def as_page(self, place: Place, waiting: int, warnings: tuple[str, ...]) -> Page:
        """Return the batch as a page with the place after it."""
        tokens = tuple(self.checks.values())
        return Page(tuple(self.items), place.write(), {"waiting": max(0, waiting)}, warnings, tokens)


def fetch_pages(access: AccountAccess, cursor: dict[str, Any]) -> Iterator[Page]:
    """Yield what is new, oldest first, each page committable by itself. Raises connectors.errors.

    Behind a long backlog the newest page comes first, and whatever is new at the beginning of every poll.
    """
    with open_inbox(access) as inbox:
        place, warnings = find_place(Place.read(cursor), inbox)
        waiting = inbox.list_after(place.uid)
        if not waiting and place.write() != cursor:
            yield Page((), place.write(), {"waiting": 0}, warnings)
            return
        fresh, backlog = place.part(waiting)
        for page, after in read_fresh(access, inbox, fresh, place):
            place = after
            yield replace(page, meter={"waiting": len(backlog)}, warnings=warnings)
            warnings = ()
        for start in range(0, len(backlog), MEASURED_AT_ONCE):
            some = backlog[start : start + MEASURED_AT_ONCE]
            left_over = len(backlog) - start
            for batch in cut_batches(inbox.measure(some)):
                left_over -= len(batch)
                collected = collect(access, inbox, batch, tries=place.stuck)
                place = step(place, batch, collected)
                yield collected.as_page(place, left_over, warnings)
                warnings = ()
                if collected.error is not None:
                    raise explain(collected.error) from collected.error
            place = pass_over_gone(place, some)
        if place.ahead or place.plain:
            yield Page((), place.catch_up().write(), {"waiting": 0})


def read_fresh(
    access: AccountAccess, inbox: Inbox, uids: Sequence[int], place: Place
) -> Iterator[tuple[Page, Place]]:
    """Yield the pages of what is read before the backlog, each with the place after it.

    When the server fails at one of them, everything is read in order until the backlog is done.
    """
    for start in range(0, len(uids), MEASURED_AT_ONCE):
        for batch in cut_batches(inbox.measure(uids[start : start + MEASURED_AT_ONCE])):
            collected = collect(access, inbox, batch, tries=0)
            if collected.error is not None:
                place = replace(place, ahead=None, plain=True)
                yield Page((), place.write()), place
                raise explain(collected.error) from collected.error
            place = replace(place, ahead=((place.ahead or (batch[0].uid,))[0], batch[-1].uid))
            yield collected.as_page(place, 0, ()), place


def find_place(place: Place, inbox: Inbox) -> tuple[Place, tuple[str, ...]]:
    """Return where to go on: at the beginning when the numbers are void (RFC 3501 section 2.3.1.1)."""
    if place.validity == inbox.validity:
        return place, ()
    if place.validity:
        return Place(validity=inbox.validity), (RENUMBERED,)
    first = max(0, inbox.next_uid - 1) if inbox.mailbox.from_now else 0
    return Place(inbox.validity, first), ()


def cut_batches(listed: Sequence[Listed]) -> Iterator[list[Listed]]:
    """Cut into batches of at most PAGE_MAILS mails and, but for a single larger one, PAGE_BYTES."""
    batch: list[Listed] = []
    size = 0
    for one in listed:
        if batch and (len(batch) >= PAGE_MAILS or size + one.size > PAGE_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size
    if batch:
        yield batch


def collect(access: AccountAccess, inbox: Inbox, batch: list[Listed], *, tries: int) -> Collected:
    """Fetch and parse a batch; when the server fails at it, mail by mail, to tell which one it fails at."""
    if tries == 0:
        collected = collect_at_once(access, inbox, batch)
    else:
        collected = collect_singly(access, inbox, batch, tries)
    if collected.checks and collected.error is None:
        take_away(inbox, list(collected.checks))
    return collected


def collect_at_once(access: AccountAccess, inbox: Inbox, batch: list[Listed]) -> Collected:
    """Fetch the whole batch in one request; a mail that was deleted meanwhile is no error."""
    collected = Collected()
    try:
        found = inbox.fetch(batch)
    except (imaplib.IMAP4.error, OSError) as error:
        return Collected(failed=batch[0], error=error)
    for one in batch:
        if one.uid in found:
            collected.take(access, inbox, one, found[one.uid])
    return collected


def collect_singly(access: AccountAccess, inbox: Inbox, batch: list[Listed], tries: int) -> Collected:
    """Fetch mail by mail; the one at which the server fails again and again becomes an item itself."""
    collected = Collected()
    for one in batch:
        try:
            found = inbox.fetch([one])
        except (imaplib.IMAP4.error, OSError) as error:
            collected.failed, collected.error = one, error
            if tries >= TRIES and one is batch[0]:
                collected.items.append(tell_stuck(inbox, one))
            return collected
        if one.uid in found:
            collected.take(access, inbox, one, found[one.uid])
    return collected


def step(place: Place, batch: list[Listed], collected: Collected) -> Place:
    """Return the place after a batch: before the mail that failed, past it once it became an item."""
    if collected.failed is None:
        return replace(place, uid=batch[-1].uid, stuck=0)
    if collected.items and isinstance(collected.items[-1], Unreadable) and not collected.items[-1].raw:
        return replace(place, uid=collected.failed.uid, stuck=0)
    moved = collected.failed is not batch[0]
    return replace(place, uid=collected.failed.uid - 1, stuck=1 if moved else place.stuck + 1)


def pass_over_gone(place: Place, listed: Sequence[int]) -> Place:
    """Mails that were listed and are gone need not be looked at again."""
    return replace(place, uid=max(place.uid, listed[-1]))


def read(access: AccountAccess, inbox: Inbox, one: Listed, raw: bytes) -> Incoming | Unreadable:
    """Parse one mail; a number in its subject joins it when its sender is known there."""
    item = parse_mail(Fetched(raw, one.arrived_at, one.size), inbox.mailbox)
    if isinstance(item, Unreadable):
        return item
    found = find_by_tag(access.id, item.subject, item.author.key)
    return replace(item, joins=(*item.joins, found)) if found else item


def tell_stuck(inbox: Inbox, one: Listed) -> Unreadable:
    """Return the item for a mail that the server does not hand over, so that people fetch it another way."""
    return Unreadable(
        remote_id=f"stuck:{inbox.validity}:{one.uid}",
        raw=b"",
        problem=f"The mail server did not hand over mail number {one.uid}. Look for it in the mailbox.",
        media_type=MEDIA_TYPE,
        received_at=one.arrived_at,
    )
