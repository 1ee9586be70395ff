"""Repeat, time and say it."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Milliseconds of many repetitions."""

    p50: float
    p95: float
    count: int

    def __str__(self) -> str:
        return f"p50 {self.p50:6.1f} ms   p95 {self.p95:6.1f} ms   ({self.count} times)"


def spread(milliseconds: list[float]) -> Spread:
    """Return the middle and the slow end of what was measured."""
    ordered = sorted(milliseconds)
    return Spread(
        p50=ordered[len(ordered) // 2],
        p95=ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))],
        count=len(ordered),
    )


def repeat(action: Callable[[int], object], times: int, warm: int = 5) -> Spread:
    """Run `action(number)` a few times unmeasured, then `times` times measured."""
    for number in range(warm):
        action(number)
    taken = []
    for number in range(times):
        start = time.perf_counter()
        action(warm + number)
        taken.append((time.perf_counter() - start) * 1000)
    return spread(taken)
