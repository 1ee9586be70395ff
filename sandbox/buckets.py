"""Rate limits: so much per key in windows that begin with the first call."""

from dataclasses import dataclass
from datetime import datetime

DEMO_FACTOR = 100
"""A demonstration polls more often than a platform allows; the headers say the larger number all the same."""


@dataclass
class _Bucket:
    opened: float
    used: int = 0


@dataclass(frozen=True)
class Taken:
    """Whether it was within the limit, and what the headers say; `reset` in seconds since 1970."""

    fine: bool
    limit: int
    left: int
    reset: int


class Buckets:
    """Begins in demonstration mode."""

    def __init__(self) -> None:
        self.real = False
        self._buckets: dict[tuple[str, int], _Bucket] = {}

    def take(self, key: str, limit: int, span: int, now: datetime, cost: int = 1) -> Taken:
        """Use `cost` of the `limit` that `key` has in every `span` seconds."""
        most = limit if self.real else limit * DEMO_FACTOR
        moment = now.timestamp()
        bucket = self._buckets.get((key, span))
        if bucket is None or not 0 <= moment - bucket.opened < span:
            bucket = self._buckets[key, span] = _Bucket(opened=moment)
        fine = bucket.used + cost <= most
        bucket.used += cost * fine
        return Taken(fine, most, max(0, most - bucket.used), int(bucket.opened + span))

    def keep_to_real(self, real: bool) -> None:
        """Change the mode; everything is counted anew."""
        self.real = real
        self._buckets.clear()
