"""Proposes weights for a pack from labelled messages, as files that a person can read and compare."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triage.engine import WEIGHED_SINGLY, Engine
from triage.fit import Fitted, Lesson, Limits, Strength, fit
from triage.labelled import Labelled
from triage.normalise import Speller, read
from triage.rules.load import load
from triage.rules.model import Pack, Rule
from triage.rules.parse import parse_rules
from triage.scoring import quarter
from triage.verdict import Level, Verdict
from triage.words import CATEGORY, Heard, Wanted, Word, grave, hear, learn, write_words
from triage.words import POINTS as WORD_POINTS

# A point is half a unit of log odds, so that a quarter point is fine enough to lose nothing.
POINTS = 2.0
# A miss is worse than an alarm, so the urgent band begins a point below even odds.
LEAN = 1.0
# The files of the learned words; whatever stands in them is learned anew.
DANGER_FILE, EVERYDAY_FILE = "en/60-danger-words.rules", "en/61-everyday-words.rules"
# In points. How something is told may tip the scale but never outweigh what happened.
_MOST = {"how it is told": 0.5, "when and where": 1.0, CATEGORY: 2.0}
_LARGEST, _SMALLEST = 4.0, 0.0625
_WEIGHT = re.compile(r"^weight:.*$")
_HEADING = re.compile(r"^\[([^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Proposal:
    """New weights by rule and a new base; rules that the labels never met keep what they had.

    With `words`, `start` is how far apart from the base a message starts whose words are weighed.
    """

    weights: dict[str, float]
    base: float
    words: tuple[Word, ...] | None = None
    start: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as the fit sees it: how much of each rule, points from outside the text, floor, words."""

    rules: dict[int, float]
    context: float
    floor: Level | None
    ways: frozenset[str]


class Features:
    """What every rule of a pack says of a message, without its weight."""

    def __init__(self, pack: Pack) -> None:
        rules = [rule for rule in pack.rules if rule.factor is None]
        self.ids = [rule.id for rule in rules]
        self.signs = [1 if rule.weight >= 0 else -1 for rule in rules]
        self.weights = [rule.weight for rule in rules]
        self._categories = [rule.category for rule in rules]
        self._numbers = {name: number for number, name in enumerate(self.ids)}
        plain = tuple(
            rule if rule.factor is not None else replace(rule, weight=1.0 if rule.weight >= 0 else -1.0)
            for rule in pack.rules
        )
        self._engine = Engine(replace(pack, rules=plain))
        self._pack_speller = Speller(pack.spellings, self._engine.vocabulary)
        self._plain_speller = Speller(pack.spellings)

    def limits(self, keep: float) -> Limits:
        """How small and how large each weight may become; none so small that it rounds to nothing."""
        sizes = [keep * abs(weight) / POINTS for weight in self.weights]
        least = [s if sign > 0 else s / 2 for s, sign in zip(sizes, self.signs, strict=True)]
        kinds = zip(self.signs, self._categories, strict=True)
        most = [(_MOST.get(kind, _LARGEST) if sign > 0 else _LARGEST) / POINTS for sign, kind in kinds]
        sizes = [min(max(_SMALLEST, low), high) for low, high in zip(least, most, strict=True)]
        return Limits(self.signs, sizes, most)

    def of(self, row: Labelled) -> dict[int, float]:
        """Rule number to how much of the rule is left after modifiers, 0 to 1."""
        return self._left(self._engine.assess(row.facts))

    def see(self, row: Labelled) -> Seen:
        """Everything that weights and words can be fitted to."""
        verdict = self._engine.assess(row.facts)
        context = sum(reason.weight for reason in verdict.reasons if reason.category == "context")
        foreign = verdict.language not in WEIGHED_SINGLY
        ways = frozenset() if foreign else hear(self._words(row.facts.text))
        return Seen(self._left(verdict), context, verdict.floor, ways)

    def _left(self, verdict: Verdict) -> dict[int, float]:
        numbers = self._numbers
        return {numbers[r.rule]: abs(r.weight) for r in verdict.reasons if r.rule in numbers and r.weight}

    def _words(self, text: str) -> list[str]:
        """The words as a rule can say them; what would be spelled otherwise in a rule only separates."""
        said = read(text, self._pack_speller).words
        return [w if w.startswith("#") or self._plain_speller.spell(w) == w else "." for w in said]


def propose(
    pack: Pack,
    rows: Sequence[Labelled],
    counts: Sequence[float],
    strength: Strength,
    wanted: Wanted | None = None,
) -> Proposal:
    """Weights in quarter points fitted to what people said of `rows`, each of which counts `counts`.

    With `wanted`, the words that the pack learned before are left aside and learned anew.
    """
    return Fitting(pack, rows, counts, wanted).propose(range(len(rows)), strength)


class Fitting:
    """Messages read once, so that weights can be fitted to any part of them."""

    def __init__(
        self, pack: Pack, rows: Sequence[Labelled], counts: Sequence[float], wanted: Wanted | None
    ) -> None:
        self.pack = pack
        if wanted:
            self.pack = replace(pack, rules=written(pack.rules), bands=replace(pack.bands, words=0.0))
        self._features = Features(self.pack)
        self._rows, self._counts = rows, counts
        self._wanted = wanted and replace(wanted, grave=grave(pack.lists))
        self._seen = [self._features.see(row) for row in rows]

    def propose(self, part: Sequence[int], strength: Strength) -> Proposal:
        """What the messages with the numbers in `part` suggest."""
        bands = self.pack.bands
        weighed = Proposal({}, bands.base)
        if self._wanted is None or self._wanted.refit:
            weighed = self._weigh(part, strength)
        if self._wanted is None:
            return weighed
        features = self._features
        points = [
            weighed.weights.get(name, w) for name, w in zip(features.ids, features.weights, strict=True)
        ]
        words, more = learn([self._heard(i, points, weighed.base) for i in part], self._wanted)
        return Proposal(weighed.weights, weighed.base, tuple(words), quarter(more * WORD_POINTS + LEAN))

    def _weigh(self, part: Sequence[int], strength: Strength) -> Proposal:
        found = [self._seen[i].rules for i in part]
        lesson = Lesson(found, [self._rows[i].urgent for i in part], [self._counts[i] for i in part])
        features = self._features
        fitted = fit(lesson, features.limits(strength.keep), strength)
        base = fitted.base * POINTS + self.pack.bands.urgent + LEAN
        scaled = Fitted(tuple(weight * POINTS for weight in fitted.weights), base).rounded()
        met = {number for row in found for number in row}
        weights = {name: scaled.weights[n] for n, name in enumerate(features.ids) if n in met}
        return Proposal(weights, scaled.base)

    def _heard(self, index: int, points: Sequence[float], base: float) -> Heard:
        row, seen = self._rows[index], self._seen[index]
        score = base + seen.context + sum(points[n] * left for n, left in seen.rules.items())
        odds = (score - self.pack.bands.urgent) / WORD_POINTS
        return Heard(seen.ways, odds, row.urgent, self._counts[index], row.source)


def written(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that people wrote, without the learned words."""
    return tuple(rule for rule in rules if rule.category != CATEGORY)


def accept(pack: Pack, proposal: Proposal) -> Pack:
    """The pack as it would be with the proposal; its version stays that of `pack`."""
    rules = pack.rules if proposal.words is None else written(pack.rules)
    weighed = [replace(rule, weight=proposal.weights.get(rule.id, rule.weight)) for rule in rules]
    for danger in (True, False) if proposal.words else ():
        weighed += parse_rules(write_words(proposal.words or (), danger=danger), "learned words")
    words = pack.bands.words if proposal.words is None else proposal.start
    return replace(pack, rules=tuple(weighed), bands=replace(pack.bands, base=proposal.base, words=words))


def write(source: Path, target: Path, proposal: Proposal) -> Pack:
    """Copies the pack in `source` to the new folder `target` with the proposed weights; returns it."""
    shutil.copytree(source, target)
    for path in target.rglob("*.rules"):
        path.write_text(_reweighed(path.read_text(encoding="utf-8"), proposal), encoding="utf-8")
    for danger, name in ((True, DANGER_FILE), (False, EVERYDAY_FILE)):
        if proposal.words is not None:
            (target / name).parent.mkdir(exist_ok=True)
            (target / name).write_text(write_words(proposal.words, danger=danger), encoding="utf-8")
    bands = target / "bands.words"
    text = bands.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^base:.*$", f"base: {proposal.base:g}", text)
    if proposal.words is not None:
        text = re.sub(r"(?m)^words:.*$", f"words: {proposal.start:g}", text)
    bands.write_text(text, encoding="utf-8")
    return load(target)


def _reweighed(text: str, proposal: Proposal) -> str:
    rule = ""
    lines = []
    for line in text.splitlines():
        heading = _HEADING.match(line)
        rule = heading[1] if heading else rule
        if _WEIGHT.match(line) and rule in proposal.weights:
            line = f"weight: {proposal.weights[rule]:g}"  # noqa: PLW2901 - one line in, one out
        lines.append(line)
    return "\n".join(lines) + "\n"
