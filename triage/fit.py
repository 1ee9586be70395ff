"""Fits the weights of rules to labels: logistic loss, L1 on every change, signs kept.

Plain coordinate descent, so it needs nothing but Python and gives the same weights every time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from triage.scoring import quarter

_ROUNDS = 400
_STILL = 1e-4


@dataclass(frozen=True, slots=True)
class Strength:
    """How strongly the fit holds back: `ridge` on the size of weights, `sparse` (L1) on leaving nothing.

    A rule keeps at least the share `keep` of the weight that its writer gave it, half of that when
    it lowers: people know of dangers that a few hundred labels have never met. A message of which no rule
    speaks stays at or below `ceiling` (log odds), however many of the labelled ones are urgent.
    """

    ridge: float = 0.01
    sparse: float = 0.0005
    keep: float = 0.25
    ceiling: float = -1.25


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights in points by feature, and the score with which a message starts."""

    weights: tuple[float, ...]
    base: float

    def rounded(self) -> "Fitted":
        return Fitted(tuple(_nearest(weight) for weight in self.weights), _nearest(self.base))


@dataclass(frozen=True, slots=True)
class Lesson:
    """Messages as features with what people said of them, and how much each counts.

    `odds`, where there are any, is what is known of each message besides (log odds).
    """

    rows: Sequence[dict[int, float]]
    urgent: Sequence[bool]
    counts: Sequence[float]
    odds: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """For each feature its sign and the smallest and largest size of its weight in log odds.

    The sign is +1 or -1, or 0 where the labels may say. `stiff` holds single weights back further.
    """

    signs: Sequence[int]
    least: Sequence[float]
    most: Sequence[float]
    stiff: Sequence[float] = ()


def fit(lesson: Lesson, limits: Limits, strength: Strength) -> Fitted:
    """Weights in log odds for every feature that `limits` knows.

    A weight never changes its sign, so a rule that a person wrote to raise can at most speak softly.
    """
    descent = _Descent(lesson, limits, strength)
    for _ in range(_ROUNDS):
        if descent.round() < _STILL:
            break
    return Fitted(tuple(descent.weights), descent.base)


class _Descent:
    def __init__(self, lesson: Lesson, limits: Limits, strength: Strength) -> None:
        signs = limits.signs
        self.weights = [sign * size for sign, size in zip(signs, limits.least, strict=True)]
        self.base = 0.0
        self._limits, self._strength = limits, strength
        self._counts = lesson.counts
        self._total = sum(lesson.counts)
        self._labels = [1.0 if urgent else 0.0 for urgent in lesson.urgent]
        self._columns: list[list[tuple[int, float]]] = [[] for _ in signs]
        for number, row in enumerate(lesson.rows):
            for feature, value in row.items():
                self._columns[feature].append((number, value))
        known = lesson.odds or [0.0] * len(lesson.rows)
        self._stiff = limits.stiff or [0.0] * len(signs)
        self._margins = [
            odds + sum(self.weights[f] * v for f, v in row.items())
            for odds, row in zip(known, lesson.rows, strict=True)
        ]

    def round(self) -> float:
        """Moves the base and every weight once; returns the largest step."""
        largest = abs(self._move_base())
        for feature, column in enumerate(self._columns):
            if column:
                largest = max(largest, abs(self._move(feature, column)))
        return largest

    def _move_base(self) -> float:
        slope = bend = 1e-9
        for margin, label, count in zip(self._margins, self._labels, self._counts, strict=True):
            chance = _chance(margin)
            slope += count * (chance - label)
            bend += count * chance * (1 - chance)
        step = min(max(-1.0, min(1.0, -slope / bend)), self._strength.ceiling - self.base)
        self.base += step
        self._margins = [margin + step for margin in self._margins]
        return step

    def _move(self, feature: int, column: list[tuple[int, float]]) -> float:
        margins, labels, counts = self._margins, self._labels, self._counts
        slope = bend = 0.0
        for number, value in column:
            chance = _chance(margins[number])
            slope += counts[number] * value * (chance - labels[number])
            bend += counts[number] * value * value * max(chance * (1 - chance), 0.05)
        weight = self.weights[feature]
        moved = self._shrink(feature, slope / self._total, bend / self._total)
        step = max(-1.0, min(1.0, moved - weight))
        if step:
            self.weights[feature] = weight + step
            for number, value in column:
                margins[number] += step * value
        return step

    def _shrink(self, feature: int, slope: float, bend: float) -> float:
        curve = bend + self._strength.ridge + self._stiff[feature]
        wanted = (bend * self.weights[feature] - slope) / curve
        size = max(abs(wanted) - self._strength.sparse / curve, 0.0) * (1 if wanted > 0 else -1)
        sign = self._limits.signs[feature] or (1 if size > 0 else -1)
        return sign * min(max(sign * size, self._limits.least[feature]), self._limits.most[feature])


def _chance(margin: float) -> float:
    if margin >= 0:
        return 1 / (1 + exp(-margin)) if margin < 500 else 1.0
    if margin < -500:
        return 0.0
    grown = exp(margin)
    return grown / (1 + grown)


def _nearest(points: float) -> float:
    return quarter(points + (0.125 if points > 0 else -0.125))
