"""How good fitted weights would be on messages that they were not fitted to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from triage.fit import Lesson, Strength, fit
from triage.labelled import Labelled
from triage.propose import LEAN, POINTS, Features
from triage.rules.model import Pack


@dataclass(frozen=True, slots=True)
class Study:
    """What is always learned from, and how much each of it counts."""

    rows: Sequence[Labelled]
    counts: Sequence[float]


def cross_fit(
    pack: Pack, judged: Sequence[Labelled], always: Study, strength: Strength, folds: int = 5
) -> list[float]:
    """A score for each of `judged` by weights fitted to `always` and to the other folds of `judged`.

    Folds follow from the texts alone, so that the same file always falls into the same parts.
    Floors are left out: the figures are those of the weights.
    """
    features = Features(pack)
    limits = features.limits(strength.keep)
    found = [features.of(row) for row in judged]
    known = [features.of(row) for row in always.rows]
    parts = [_part(row.facts.text, folds) for row in judged]
    scores = [0.0] * len(judged)
    for fold in range(folds):
        learned = [i for i, part in enumerate(parts) if part != fold]
        lesson = Lesson(
            rows=[*known, *(found[i] for i in learned)],
            urgent=[*(row.urgent for row in always.rows), *(judged[i].urgent for i in learned)],
            counts=[*always.counts, *([1.0] * len(learned))],
        )
        fitted = fit(lesson, limits, strength)
        for i, part in enumerate(parts):
            if part == fold:
                odds = fitted.base + sum(fitted.weights[f] * value for f, value in found[i].items())
                scores[i] = odds * POINTS + LEAN + pack.bands.urgent
    return scores


def _part(text: str, folds: int) -> int:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[0] % folds
