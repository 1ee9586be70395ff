"""The engine: facts in, verdict out. No database, no clock, no chance: same facts, same verdict."""

from collections.abc import Iterator

from triage.compiled import SAY, Compiled, compile_pack
from triage.facts import Facts
from triage.language import UNKNOWN, detect
from triage.matcher import Hit
from triage.modifiers import Found, Modifiers, speaking
from triage.normalise import HEAD, Reading, read
from triage.rules.model import Pack, Rule
from triage.scoring import Scorer, quarter
from triage.verdict import Level, Reason, Verdict

# How much of the conversation before is read again for what was already said in it.
_EARLIER, _EARLIER_LENGTH = 4, 2_000
_CARRIED = 0.5
_RETURNS = 2
# A rule that means this says that the danger is over, so what was said before no longer counts.
RESOLVED = "resolved"
_FOREIGN = 9.0
_ENDS = frozenset(".!?")
# Words are learned in English; what is too short to be told belongs to it.
WEIGHED_SINGLY = frozenset({"en", UNKNOWN})


class Engine:
    """Judges messages by one pack. Immutable once made, so threads may share it."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._compiled: Compiled = compile_pack(pack)
        self.version = pack.version
        self._covered = frozenset(rule.language for rule in pack.rules)
        self._plain = frozenset(index for index, rule in enumerate(pack.rules) if rule.is_plain)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that a phrase of a rule knows."""
        return self._compiled.speller.vocabulary

    def assess(self, facts: Facts) -> Verdict:
        """The verdict on one message. Raises on no text; what it cannot judge is marked and raised."""
        scorer = Scorer(self._pack.bands)
        language = self._judge(facts.text, scorer)
        self._surroundings(facts, scorer)
        return scorer.verdict(self.version, language)

    def rules_hit(self, text: str) -> set[str]:
        """The ids of the rules that speak on `text`, modifiers too; for checking examples."""
        reading = read(text, self._compiled.speller)
        found = self._compiled.matcher.find(reading)
        rules = self._pack.rules
        ids = {rules[index].id for index, _ in self._speaking(found, reading, None)}
        ids |= {rules[i].id for i in self._compiled.modifiers if speaking(rules[i], i, found, reading)}
        return ids | {rules[index].id for index, p in self._compiled.patterns if p.search(text)}

    def _judge(self, text: str, scorer: Scorer) -> str:
        language = UNKNOWN
        try:
            reading = read(text, self._compiled.speller)
            language, asked = detect(reading, self._compiled.speakers, self._compiled.speller.vocabulary)
            if language in WEIGHED_SINGLY:
                scorer.begin_with_words()
            found = self._compiled.matcher.find(reading)
            modifiers = Modifiers(self._compiled, reading, found)
            for index, hits in self._speaking(found, reading, asked):
                _weigh(self._pack.rules[index], hits, reading, modifiers, scorer)
        except Exception as error:  # whatever breaks, the message must go up, not away
            scorer.fail(
                "incomplete",
                f"The rules could not be read on this text ({type(error).__name__})",
                Level.CRITICAL,
            )
            return language
        if reading.partial:
            scorer.fail("too-long", "Too long to be read whole", Level.URGENT)
        self._expressions(text, asked, scorer)
        if language not in self._covered:
            scorer.told["language-unknown"] = _FOREIGN
            scorer.hold(Level.URGENT, scorer.note("language", "In a language that no rules cover"))
        return language

    def _speaking(
        self, found: Found, reading: Reading, asked: frozenset[str] | None
    ) -> Iterator[tuple[int, list[Hit]]]:
        rules = self._pack.rules
        for target in sorted(found):
            index, part = divmod(target, 4)
            rule = rules[index]
            if part != SAY or rule.factor is not None:
                continue
            # A floor holds in whatever language the rest is: one foreign sentence among English ones.
            if asked is not None and rule.floor is None and rule.language not in asked:
                continue
            hits = found[target] if index in self._plain else speaking(rule, index, found, reading)
            if hits:
                yield index, hits

    def _expressions(self, text: str, asked: frozenset[str], scorer: Scorer) -> None:
        # RE2 takes UTF-8; a lone surrogate has none, and a "?" in its place keeps every span right.
        shown = text[:HEAD].encode("utf-8", "replace").decode("utf-8") if self._compiled.patterns else ""
        for index, pattern in self._compiled.patterns:
            rule = self._pack.rules[index]
            if rule.language not in asked:
                continue
            try:
                found = pattern.search(shown)
            except Exception as error:  # as above
                scorer.fail(
                    rule.id, f"{rule.title}: could not be judged ({type(error).__name__})", Level.CRITICAL
                )
                continue
            if found:
                reason = Reason(rule.id, rule.title, rule.category, rule.weight, found.span(), found.group())
                scorer.add(rule, reason, floors=True)

    def _surroundings(self, facts: Facts, scorer: Scorer) -> None:
        if facts.previous_contacts >= _RETURNS:
            scorer.note("repeat", f"Wrote {facts.previous_contacts} times in the last day", 0.5)
        if RESOLVED not in scorer.means and self._danger_before(facts.thread):
            scorer.note("thread", "An earlier message of this conversation was urgent", _CARRIED)

    def _danger_before(self, thread: tuple[str, ...]) -> bool:
        urgent = False
        for text in thread[-_EARLIER:]:
            if text.startswith("["):
                continue
            scorer = Scorer(self._pack.bands)
            self._judge(text[:_EARLIER_LENGTH], scorer)
            verdict = scorer.verdict(self.version, UNKNOWN)
            urgent = verdict.level >= Level.URGENT or (urgent and RESOLVED not in scorer.means)
        return urgent


def _weigh(rule: Rule, hits: list[Hit], reading: Reading, modifiers: Modifiers, scorer: Scorer) -> None:
    """Adds the rule's reason for its best place: the one that is weakened least, the first of those."""
    best, factor, modifier = hits[0], 1.0, None
    if rule.weight > 0 and not rule.firm:
        factor, modifier = modifiers.on(best)
        for hit in hits[1:]:
            if factor == 1.0:
                break
            other, name = modifiers.on(hit)
            if other > factor:
                best, factor, modifier = hit, other, name
    span = reading.span(*best)
    weight = rule.weight if factor == 1.0 else quarter(rule.weight * factor)
    quote = reading.text[span[0] : span[1]]
    reason = Reason(rule.id, rule.title, rule.category, weight, span, quote, modifier)
    # A phrase may begin with the end of the sentence before; what it says stands in its own.
    first = best[0] + (reading.words[best[0]] in _ENDS and best[1] > best[0])
    scorer.add(rule, reason, floors=factor == 1.0, sentence=reading.sentence[first])
