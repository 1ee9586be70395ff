"""How good fitted weights and learned words would be on messages that they were not fitted to."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from triage.engine import Engine
from triage.fit import Strength
from triage.labelled import Labelled
from triage.propose import Fitting, accept
from triage.replay import Replay
from triage.rules.model import Pack
from triage.verdict import Verdict
from triage.words import Wanted

_LETTERS = re.compile(r"[a-z]+")
# Texts that begin alike are kept together: the same story told twice would tell its own answer.
_ALIKE = 5


@dataclass(frozen=True, slots=True)
class Study:
    """What is always learned from, and how much each of it counts."""

    rows: Sequence[Labelled]
    counts: Sequence[float]


def cross_fit(
    pack: Pack,
    judged: Sequence[Labelled],
    always: Study,
    strength: Strength,
    *,
    wanted: Wanted | None = None,
    folds: int = 5,
) -> Replay:
    """A verdict on each of `judged` by rules fitted to `always` and to the other folds of `judged`.

    Folds follow from the texts alone, so that the same file always falls into the same parts. The
    verdicts are whole, floors and all: each fold is judged as if its proposal had been accepted.
    """
    rows = [*judged, *always.rows]
    fitting = Fitting(pack, rows, [1.0] * len(judged) + list(always.counts), wanted)
    parts = [_part(row.facts.text, folds) for row in judged]
    verdicts: dict[int, Verdict] = {}
    for fold in range(folds):
        learned = [i for i, part in enumerate(parts) if part != fold]
        proposal = fitting.propose([*learned, *range(len(judged), len(rows))], strength)
        engine = Engine(accept(fitting.pack, proposal))
        verdicts |= {i: engine.assess(judged[i].facts) for i, part in enumerate(parts) if part == fold}
    return Replay(tuple(judged), tuple(verdicts[i] for i in range(len(judged))))


def _part(text: str, folds: int) -> int:
    alike = " ".join(_LETTERS.findall(text.lower())[:_ALIKE]) or text
    return hashlib.sha256(alike.encode("utf-8", "replace")).digest()[0] % folds
