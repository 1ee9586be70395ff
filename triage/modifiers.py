"""What weakens a hit: a negation before it, or a sentence about the past, a story, an "if"."""

from triage.compiled import NEEDS, SAY, SPARED, UNLESS, Compiled
from triage.matcher import Hit
from triage.normalise import Reading
from triage.rules.model import Rule

# Measured on disaster messages: beyond four words a "not" speaks of something else.
_WINDOW = 4
Found = dict[int, list[Hit]]


def speaking(rule: Rule, index: int, found: Found, reading: Reading) -> list[Hit]:
    """Where the rule speaks, its conditions asked; nowhere when it does not."""
    hits = found.get(index * 4 + SAY)
    if not hits or index * 4 + UNLESS in found or (rule.needs and index * 4 + NEEDS not in found):
        return []
    spared = found.get(index * 4 + SPARED)
    if spared:
        sentences = {reading.sentence[first] for first, _ in spared}
        hits = [hit for hit in hits if reading.sentence[hit[0]] not in sentences]
    return hits if len(hits) >= rule.least else []


class Modifiers:
    """The modifiers that are at work in one reading."""

    def __init__(self, compiled: Compiled, reading: Reading, found: Found) -> None:
        self._compiled = compiled
        self._reading = reading
        self._whole: Rule | None = None
        self._sentences: dict[int, Rule] = {}
        for index in compiled.modifiers:
            if index * 4 not in found:
                continue
            hits = speaking(compiled.pack.rules[index], index, found, reading)
            if hits:
                self._note(compiled.pack.rules[index], hits)

    def on(self, hit: Hit) -> tuple[float, str | None]:
        """The factor on a hit's weight and the modifier's name; 1 and None when nothing weakens it."""
        negator = self._negator(hit)
        if negator:
            return 0.0, f"negated: {negator}"
        rule = self._sentences.get(self._reading.sentence[hit[0]])
        if self._whole and (rule is None or (self._whole.factor or 0) < (rule.factor or 0)):
            rule = self._whole
        if rule is None or rule.factor is None:
            return 1.0, None
        return rule.factor, rule.title

    def _note(self, rule: Rule, hits: list[Hit]) -> None:
        if rule.scope == "message":
            if self._whole is None or (rule.factor or 0) < (self._whole.factor or 0):
                self._whole = rule
            return
        for first, _ in hits:
            sentence = self._reading.sentence[first]
            held = self._sentences.get(sentence)
            if held is None or (rule.factor or 0) < (held.factor or 0):
                self._sentences[sentence] = rule

    def _negator(self, hit: Hit) -> str | None:
        words, clause = self._reading.words, self._reading.clause
        start = hit[0]
        for index in range(start - 1, max(start - 1 - _WINDOW, 0), -1):
            if clause[index] != clause[start] or words[index] == "but":
                return None
            if words[index] in self._compiled.negators:
                following = words[index + 1]
                return None if following in self._compiled.not_negating else words[index]
        return None
