"""Charts drawn by the server as SVG: geometry only; a table beside it says the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.queries.shift import Hour

WIDTH, HEIGHT, LEFT, FLOOR = 640, 190, 40, 160
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)


@dataclass(frozen=True)
class Bar:
    """One hour: where the bar stands, how high it is, and how much of its top is urgent (pixels)."""

    hour: Hour
    x: float
    y: float
    height: float
    urgent_height: float
    middle: float


@dataclass(frozen=True)
class Line:
    """One line of the scale."""

    y: float
    value: int


@dataclass(frozen=True)
class Chart:
    """Contacts an hour, ready to draw in a box of WIDTH by HEIGHT."""

    bars: list[Bar]
    lines: list[Line]
    bar_width: float


def draw_hours(hours: Sequence[Hour]) -> Chart:
    """Return the bars and the scale for a shift's hours."""
    step = next(
        (step for step in STEPS if step * 3 >= max((hour.arrived for hour in hours), default=0)), STEPS[-1]
    )
    scale = (FLOOR - 25) / (step * 3)
    room = (WIDTH - LEFT - 10) / max(1, len(hours))
    bars = []
    for number, hour in enumerate(hours):
        x = LEFT + number * room + room * 0.22
        height = hour.arrived * scale
        urgent = hour.urgent * scale
        middle = x + room * 0.28
        bars.append(
            Bar(
                hour,
                round(x, 1),
                round(FLOOR - height, 1),
                round(height, 1),
                round(urgent, 1),
                round(middle, 1),
            )
        )
    lines = [Line(round(FLOOR - step * number * scale, 1), step * number) for number in range(4)]
    return Chart(bars, lines, round(room * 0.56, 1))
