"""The world's time. A test moves it; nothing else in the sandbox asks the machine."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Remembers(Protocol):
    """The two verbs of the store that the clock needs to keep its shift over a restart."""

    def remember(self, key: str, value: str) -> None: ...

    def recall(self, key: str) -> str | None: ...


class Clock:
    """UTC time of this machine plus a shift in seconds that survives a restart."""

    def __init__(self, memory: Remembers) -> None:
        self._memory = memory
        self._shift = timedelta(seconds=float(memory.recall("clock_shift") or 0))

    @property
    def shift_seconds(self) -> float:
        return self._shift.total_seconds()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def move(self, seconds: float) -> datetime:
        """Move time by `seconds` (negative: back) from where it stands; gives the new time."""
        return self._set(self.shift_seconds + seconds)

    def set_right(self) -> datetime:
        """Go back to the machine's own time."""
        return self._set(0.0)

    def _set(self, seconds: float) -> datetime:
        self._shift = timedelta(seconds=seconds)
        self._memory.remember("clock_shift", repr(seconds))
        return self.now()
