"""Adds up what two sets of rules say of the same messages, against what people decided. Plain JSON inside."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from triage.history import Past
from triage.verdict import Level, Verdict

LONDON = ZoneInfo("Europe/London")
# In a group's row, in this order; the columns come in pairs of before and after.
COLUMNS = ("messages", "flagged", "flags", "caught", "catches", "missed", "misses", "alarms", "alarming")
GROUPS = ("channel", "language", "hour")


@dataclass(frozen=True, slots=True)
class Pair:
    """One message judged twice, with what people decided of it."""

    past: Past
    before: Verdict
    after: Verdict

    @property
    def differs(self) -> bool:
        """Say whether the level changes."""
        return self.before.level != self.after.level


@dataclass(frozen=True, slots=True)
class LevelRow:
    """What people called one level: how many, and how many of those each set of rules put there or higher."""

    word: str
    total: int
    before: int
    after: int

    @property
    def better(self) -> int:
        """Say how many more are caught."""
        return self.after - self.before


class Tally:
    """The sums so far; `data` is what is stored."""

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        self.data: dict[str, Any] = data or {"cells": {}, "groups": {name: {} for name in GROUPS}}

    def add(self, pair: Pair) -> None:
        """Take in one message."""
        decided = "-" if pair.past.decided is None else str(int(pair.past.decided))
        cell = f"{decided}{int(pair.before.level)}{int(pair.after.level)}"
        cells = self.data["cells"]
        cells[cell] = cells.get(cell, 0) + 1
        marks = _marks(pair)
        for group, key in _keys(pair.past, pair.after).items():
            row = self.data["groups"][group].setdefault(key, [0] * len(COLUMNS))
            for place, mark in enumerate(marks):
                row[place] += mark

    def levels(self) -> list[LevelRow]:
        """What people decided, the most urgent first."""
        rows = []
        for level in (Level.CRITICAL, Level.URGENT):
            total = self._count(lambda d, b, a, level=level: d == level)
            before = self._count(lambda d, b, a, level=level: d == level and b >= level)
            after = self._count(lambda d, b, a, level=level: d == level and a >= level)
            rows.append(LevelRow(level.word, total, before, after))
        return rows

    def alarms(self) -> tuple[int, int]:
        """How many that people called routine or none are flagged, before and after."""
        return (
            self._count(lambda d, b, a: 0 <= d < Level.URGENT <= b),
            self._count(lambda d, b, a: 0 <= d < Level.URGENT <= a),
        )

    def flagged(self) -> tuple[int, int]:
        """How many are called urgent or critical, before and after."""
        return (
            self._count(lambda d, b, a: b >= Level.URGENT),
            self._count(lambda d, b, a: a >= Level.URGENT),
        )

    def moved(self) -> tuple[int, int]:
        """How many go up, and how many go down."""
        return self._count(lambda d, b, a: a > b), self._count(lambda d, b, a: a < b)

    def group(self, name: str) -> list[tuple[str, list[int]]]:
        """The rows of one way to split the messages, largest first (hours in their order)."""
        rows = self.data["groups"].get(name, {})
        if name == "hour":
            return sorted(rows.items())
        return sorted(rows.items(), key=lambda row: -row[1][0])

    def _count(self, wanted: Any) -> int:
        total = 0
        for cell, number in self.data["cells"].items():
            decided = -1 if cell[0] == "-" else int(cell[0])
            if wanted(decided, int(cell[1]), int(cell[2])):
                total += number
        return total


def is_right(before: int, after: int, decided: int | None) -> bool | None:
    """Whether the change brings the message nearer to what people decided; None where they have not."""
    return None if decided is None else abs(after - decided) < abs(before - decided)


def _marks(pair: Pair) -> tuple[int, ...]:
    before, after = pair.before.level >= Level.URGENT, pair.after.level >= Level.URGENT
    decided = pair.past.decided
    wanted = decided is not None and decided >= Level.URGENT
    idle = decided is not None and not wanted
    return (
        1,
        before,
        after,
        wanted and before,
        wanted and after,
        wanted and not before,
        wanted and not after,
        idle and before,
        idle and after,
    )


def _keys(past: Past, verdict: Verdict) -> dict[str, str]:
    return {
        "channel": past.facts.channel.replace("_", " ") or "not told",
        "language": past.language or verdict.language,
        "hour": f"{past.received_at.astimezone(LONDON):%H}",
    }
