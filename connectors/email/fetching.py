"""Collect new mail in pages: by number above the last one, read or unread (contract section 6.2)."""

import imaplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.contract import AccountAccess, Page
from connectors.email.client import Inbox, Listed, explain, open_inbox
from connectors.email.config import PAGE_BYTES, PAGE_MAILS
from connectors.email.known import find_by_tag
from connectors.email.parse import MEDIA_TYPE, Fetched, parse_mail
from inbox.incoming import Incoming, Unreadable

MEASURED_AT_ONCE = 500
TRIES = 3
RENUMBERED = "The mail server gave its mails new numbers. All were compared again; none is collected twice."


@dataclass(frozen=True)
class Place:
    """Where the desk is in a folder. `stuck` counts the polls in which the server failed at the next mail."""

    validity: int = 0
    uid: int = 0
    stuck: int = 0

    @classmethod
    def read(cls, cursor: dict[str, Any]) -> "Place":
        """Read a stored cursor; one that makes no sense begins anew, for nothing can come twice."""
        try:
            return cls(int(cursor["validity"]), int(cursor["uid"]), int(cursor.get("stuck", 0)))
        except (KeyError, TypeError, ValueError):
            return cls()

    def write(self) -> dict[str, Any]:
        """Return the cursor to store."""
        return {"validity": self.validity, "uid": self.uid, **({"stuck": self.stuck} if self.stuck else {})}


@dataclass
class Collected:
    """A batch that came, and the mail at which the server failed, if it did."""

    items: list[Incoming | Unreadable] = field(default_factory=list)
    failed: Listed | None = None
    error: Exception | None = None


def fetch_pages(access: AccountAccess, cursor: dict[str, Any]) -> Iterator[Page]:
    """Yield what is new, oldest first, each page committable by itself. Raises connectors.errors."""
    with open_inbox(access) as inbox:
        place, warnings = find_place(Place.read(cursor), inbox)
        waiting = inbox.list_after(place.uid)
        if not waiting and place.write() != cursor:
            yield Page((), place.write(), {"waiting": 0}, warnings)
        for start in range(0, len(waiting), MEASURED_AT_ONCE):
            some = waiting[start : start + MEASURED_AT_ONCE]
            left = len(waiting) - start
            for batch in cut_batches(inbox.measure(some)):
                left -= len(batch)
                collected = collect(access, inbox, batch, tries=place.stuck)
                place = step(place, batch, collected)
                yield Page(tuple(collected.items), place.write(), {"waiting": max(0, left)}, warnings)
                warnings = ()
                if collected.error is not None:
                    raise explain(collected.error) from collected.error
            place = pass_over_gone(place, some)


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
    collected = Collected()
    if tries == 0:
        try:
            found = inbox.fetch(batch)
        except (imaplib.IMAP4.error, OSError) as error:
            return Collected(failed=batch[0], error=error)
        collected.items = [read(access, inbox, one, found[one.uid]) for one in batch if one.uid in found]
        return collected
    for one in batch:
        try:
            found = inbox.fetch([one])
        except (imaplib.IMAP4.error, OSError) as error:
            collected.failed, collected.error = one, error
            if tries >= TRIES and one is batch[0]:
                collected.items.append(tell_stuck(inbox, one))
            return collected
        if one.uid in found:  # else it was deleted meanwhile, which is no error
            collected.items.append(read(access, inbox, one, found[one.uid]))
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
