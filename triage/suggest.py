"""What labels say of a pack: weights as far as the evidence goes, and words that missed messages share."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from triage.engine import Engine
from triage.fit import Strength
from triage.labelled import Labelled
from triage.propose import propose
from triage.rules.model import Pack
from triage.scoring import quarter
from triage.verdict import Level

# A rule moves half of the way to what the labels say once it spoke on so many of them.
HALF_WAY = 20
# A pair or three of words that so many missed messages share, and hardly any calm one.
SHARED, MOST_PHRASES = 2, 12
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LONGEST = 3


@dataclass(frozen=True, slots=True)
class Weight:
    """One rule's present and suggested weight, and on how many labelled (and urgent) messages it spoke."""

    rule: str
    before: float
    after: float
    spoke: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row, in how many missed messages they stand and in how many calm ones."""

    words: str
    missed: int
    calm: int


def suggest_weights(pack: Pack, rows: Sequence[Labelled], counts: Sequence[float]) -> list[Weight]:
    """Changed weights in quarter points, largest change first; what hardly any label met stays as it is."""
    engine = Engine(pack)
    spoke: Counter[str] = Counter()
    urgent: Counter[str] = Counter()
    for row in rows:
        for name in {reason.rule for reason in engine.assess(row.facts).reasons}:
            spoke[name] += 1
            urgent[name] += row.urgent
    fitted = propose(pack, rows, counts, Strength()).weights
    found = []
    for rule in pack.rules:
        if rule.id in fitted and rule.factor is None:
            share = spoke[rule.id] / (spoke[rule.id] + HALF_WAY)
            moved = rule.weight + share * (fitted[rule.id] - rule.weight)
            weight = _nearest(moved)
            if weight != rule.weight:
                found.append(Weight(rule.id, rule.weight, weight, spoke[rule.id], urgent[rule.id]))
    return sorted(found, key=lambda one: -abs(one.after - one.before))


def suggest_phrases(pack: Pack, rows: Sequence[Labelled]) -> list[Phrase]:
    """Words that urgent messages share which the pack does not flag, and calm ones do not say."""
    engine = Engine(pack)
    missed: Counter[str] = Counter()
    calm: Counter[str] = Counter()
    for row in rows:
        if not row.urgent:
            calm.update(_runs(row.facts.text))
        elif engine.assess(row.facts).level < Level.URGENT:
            missed.update(_runs(row.facts.text))
    telling = [
        Phrase(words, number, calm[words])
        for words, number in missed.items()
        if number >= SHARED and calm[words] * 4 <= number
    ]
    telling.sort(key=lambda one: (-one.missed, one.calm, -len(one.words), one.words))
    return _distinct(telling)[:MOST_PHRASES]


def _distinct(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Without words that stand in a longer phrase which is shared as often."""
    kept: list[Phrase] = []
    for one in phrases:
        if not any(f" {one.words} " in f" {other.words} " for other in kept if other.missed >= one.missed):
            kept.append(one)
    return kept


def _runs(text: str) -> set[str]:
    words = [word.replace("'", "").replace("’", "").lower() for word in _WORD.findall(text[:4_000])]
    return {
        " ".join(words[start : start + size])
        for size in range(2, _LONGEST + 1)
        for start in range(len(words) - size + 1)
    }


def _nearest(points: float) -> float:
    return quarter(points + (0.125 if points > 0 else -0.125))
