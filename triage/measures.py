"""How well scores tell urgent from not: the figures that people who compare such systems use."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision and recall at every score that occurs, highest score first."""

    points: tuple[tuple[float, float, float], ...]

    @classmethod
    def of(cls, scores: Sequence[float], urgent: Sequence[bool]) -> "Curve":
        return cls(tuple(_points(scores, urgent)))

    def area(self) -> float:
        """Average precision, the usual measure of the area under the curve."""
        area = before = 0.0
        for _, precision, recall in self.points:
            area += (recall - before) * precision
            before = recall
        return area

    def recall_at(self, precision: float) -> float:
        """The highest recall with at least this precision; 0 when it is never reached."""
        return max((r for _, p, r in self.points if p >= precision), default=0.0)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a yes or no got right and wrong."""

    caught: int
    missed: int
    alarms: int

    def recall(self) -> float:
        return self.caught / max(1, self.caught + self.missed)

    def precision(self) -> float:
        return self.caught / max(1, self.caught + self.alarms)

    def f(self, beta: float) -> float:
        """F with recall worth `beta` times as much as precision."""
        weighted = (1 + beta**2) * self.caught
        return weighted / max(1e-9, weighted + beta**2 * self.missed + self.alarms)


def count(flagged: Sequence[bool], urgent: Sequence[bool]) -> Counts:
    pairs = list(zip(flagged, urgent, strict=True))
    return Counts(
        caught=sum(f and u for f, u in pairs),
        missed=sum(u and not f for f, u in pairs),
        alarms=sum(f and not u for f, u in pairs),
    )


def recall_of_half(scores: Sequence[float], wanted: Sequence[bool]) -> float:
    """The share of `wanted` among the higher-scored half of all messages."""
    order = sorted(range(len(scores)), key=lambda i: -scores[i])[: len(scores) // 2]
    return sum(wanted[i] for i in order) / max(1, sum(wanted))


def _points(scores: Sequence[float], urgent: Sequence[bool]) -> Iterator[tuple[float, float, float]]:
    total = max(1, sum(urgent))
    caught = 0
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    for seen, index in enumerate(order, start=1):
        caught += urgent[index]
        # Messages of one score cannot be told apart, so they count together.
        if seen == len(order) or scores[order[seen]] != scores[index]:
            yield scores[index], caught / seen, caught / total
