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
    """How strongly the fit holds back: `ridge` on size, `sparse` (L1) on every step away from the start."""

    ridge: float = 0.003
    sparse: float = 0.001
    least: float = 0.1


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights in points by feature, and the score with which a message starts."""

    weights: tuple[float, ...]
    base: float

    def rounded(self) -> "Fitted":
        return Fitted(tuple(_nearest(weight) for weight in self.weights), _nearest(self.base))


def fit(
    rows: Sequence[dict[int, float]],
    labels: Sequence[bool],
    signs: Sequence[int],
    start: Sequence[float],
    strength: Strength = Strength(),
) -> Fitted:
    """Weights for features 0 to len(signs): `rows` hold each message's features, `signs` are +1 or -1.

    A weight never changes its sign, so a rule that a person wrote to raise can at most fall silent.
    """
    descent = _Descent(rows, labels, signs, start, strength)
    for _ in range(_ROUNDS):
        if descent.round() < _STILL:
            break
    return Fitted(tuple(descent.weights), descent.base)


class _Descent:
    def __init__(
        self,
        rows: Sequence[dict[int, float]],
        labels: Sequence[bool],
        signs: Sequence[int],
        start: Sequence[float],
        strength: Strength,
    ) -> None:
        self.weights = list(start)
        self.base = 0.0
        self._start, self._signs, self._strength = start, signs, strength
        self._labels = [1.0 if label else 0.0 for label in labels]
        self._columns: list[list[tuple[int, float]]] = [[] for _ in signs]
        for number, row in enumerate(rows):
            for feature, value in row.items():
                self._columns[feature].append((number, value))
        self._margins = [sum(self.weights[f] * v for f, v in row.items()) for row in rows]

    def round(self) -> float:
        """Moves the base and every weight once; returns the largest step."""
        largest = abs(self._move_base())
        for feature, column in enumerate(self._columns):
            if column:
                largest = max(largest, abs(self._move(feature, column)))
        return largest

    def _move_base(self) -> float:
        slope = bend = 1e-9
        for margin, label in zip(self._margins, self._labels, strict=True):
            chance = _chance(margin)
            slope += chance - label
            bend += chance * (1 - chance)
        step = max(-1.0, min(1.0, -slope / bend))
        self.base += step
        self._margins = [margin + step for margin in self._margins]
        return step

    def _move(self, feature: int, column: list[tuple[int, float]]) -> float:
        total, margins, labels = len(self._labels), self._margins, self._labels
        slope = bend = 0.0
        for number, value in column:
            chance = _chance(margins[number])
            slope += value * (chance - labels[number])
            bend += value * value * max(chance * (1 - chance), 0.05)
        weight = self.weights[feature]
        moved = self._shrink(feature, weight, slope / total, bend / total)
        step = max(-1.0, min(1.0, moved - weight))
        if step:
            self.weights[feature] = weight + step
            for number, value in column:
                margins[number] += step * value
        return step

    def _shrink(self, feature: int, weight: float, slope: float, bend: float) -> float:
        strength, start, sign = self._strength, self._start[feature], self._signs[feature]
        curve = bend + strength.ridge
        away = (bend * (weight - start) - slope) / curve
        away = max(abs(away) - strength.sparse / curve, 0.0) * (1 if away > 0 else -1)
        wanted = start + away
        return sign * max(sign * wanted, strength.least)


def _chance(margin: float) -> float:
    if margin >= 0:
        return 1 / (1 + exp(-margin)) if margin < 500 else 1.0
    if margin < -500:
        return 0.0
    grown = exp(margin)
    return grown / (1 + grown)


def _nearest(points: float) -> float:
    return quarter(points + (0.125 if points > 0 else -0.125))
