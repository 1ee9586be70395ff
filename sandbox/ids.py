"""Ids as the platforms make them: ascending numbers that carry a time, and stable numbers for people."""

import hashlib
from datetime import UTC, datetime

_X_EPOCH_MS = 1_288_834_974_657  # 4 November 2010, the zero of X's snowflake ids


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def floor_of(at: datetime) -> int:
    """The smallest snowflake id that the moment `at` can have."""
    return max(0, milliseconds(at) - _X_EPOCH_MS) << 22


def time_of(snowflake: int) -> datetime:
    return datetime.fromtimestamp(((snowflake >> 22) + _X_EPOCH_MS) / 1000, UTC)


class Snowflakes:
    """Ids that ascend strictly, whatever the clock does; begins above `last`."""

    def __init__(self, last: int = 0) -> None:
        self._last = last

    def next(self, at: datetime) -> int:
        self._last = max(self._last + 1, floor_of(at))
        return self._last


def person_number(name: str, base: int, span: int) -> int:
    """The same number for the same name, today and after a reset: base + hash modulo span."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return base + int.from_bytes(digest[:8], "big") % span
