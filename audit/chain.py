"""Prove the trail whole: walk the chain and compute every hash again, apart from the database."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from audit.models import Entry, Head

BATCH = 5_000
GENESIS = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Finding:
    """What a walk found: how many entries are good, and where and how it breaks ("" when it does not)."""

    entries: int
    problem: str = ""

    @property
    def whole(self) -> bool:
        """Say whether the chain is unbroken."""
        return not self.problem


def seal(previous: bytes, entry: Entry) -> bytes:
    """Return the hash that an entry must have: SHA-256(previous, then each field with its length)."""
    moment = (entry.at - EPOCH) // timedelta(microseconds=1)
    pieces = (
        entry.id,
        moment,
        entry.actor_id,
        entry.actor_name,
        entry.verb,
        entry.subject_kind,
        entry.subject_id,
        entry.details,
    )
    digest = hashlib.sha256(previous)
    for piece in pieces:
        data = b"" if piece is None else str(piece).encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()


def verify() -> Finding:
    """Walk the whole chain, oldest first, in batches; entries appended meanwhile are left for next time."""
    head = Head.objects.first()
    last_id, last_hash = (head.last_id, bytes(head.last_hash)) if head else (0, GENESIS)
    previous, count = GENESIS, 0
    for entry in _walk(last_id):
        problem = _judge(entry, count + 1, previous)
        if problem:
            return Finding(count, problem)
        previous, count = bytes(entry.hash), count + 1
    if count != last_id:
        return Finding(count, f"The head says {last_id} entries, but only {count} are there.")
    if previous != last_hash:
        return Finding(count, f"The head does not fit the last entry, number {count}.")
    beyond = Entry.objects.count() if head is None else 0
    return Finding(count, "There are entries but no head." if beyond else "")


def _walk(last_id: int) -> Iterator[Entry]:
    start = 0
    while start < last_id:
        batch = list(Entry.objects.filter(id__gt=start, id__lte=last_id).order_by("id")[:BATCH])
        if not batch:
            return
        yield from batch
        start = batch[-1].id


def _judge(entry: Entry, number: int, previous: bytes) -> str:
    if entry.id != number:
        return f"Entry {number} is missing: after {number - 1} comes {entry.id}."
    if bytes(entry.previous_hash) != previous:
        return f"Entry {number} does not follow the one before it."
    if bytes(entry.hash) != seal(previous, entry):
        return f"Entry {number} was changed after it was written."
    return ""
