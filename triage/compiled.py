"""A pack made ready to judge: phrases in one matcher, patterns in RE2, words for the speller."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import re2

from triage.matcher import Matcher
from triage.normalise import Speller, spell_words
from triage.rules.model import Pack, Rule, RuleError
from triage.rules.phrase import Phrase, compile_phrase

# Targets of the matcher are counted in fours: the rule's own phrases and its three conditions.
SAY, NEEDS, UNLESS, SPARED = range(4)
_MARKS = frozenset("^$?!.")
# Rules in these are asked of every message, so their words tell of no language; shorter words tell of many.
_ENGLISH = frozenset({"en", "any"})
_TELLING = 3
_NEGATORS = "negator"
_NOT_NEGATING = "not-negating"


@dataclass(slots=True)
class Compiled:
    """What the engine works with; never changed after it is made."""

    pack: Pack
    matcher: Matcher
    speller: Speller
    patterns: tuple[tuple[int, re2._Regexp], ...]
    modifiers: tuple[int, ...]
    negators: frozenset[str]
    not_negating: frozenset[str]
    speakers: dict[str, tuple[str, ...]]


def compile_pack(pack: Pack) -> Compiled:
    """Compiles every rule of the pack; RuleError names the rule that cannot be."""
    plain = Speller(pack.spellings)
    phrases = list(_phrases(pack, plain))
    words = {word for _, p in phrases for s in p.segments for lit in s.literals for word in lit.split()}
    return Compiled(
        pack=pack,
        matcher=Matcher(phrases),
        speller=Speller(pack.spellings, frozenset(words)),
        patterns=tuple(_patterns(pack.rules)),
        modifiers=tuple(i for i, rule in enumerate(pack.rules) if rule.factor is not None),
        negators=frozenset(canonical(w, plain) for w in pack.lists.get(_NEGATORS, ())),
        not_negating=frozenset(canonical(w, plain) for w in pack.lists.get(_NOT_NEGATING, ())),
        # Without English spellings, or "plis" would make every "please" a word of Welsh.
        speakers=_speakers(pack.languages, Speller({}), _spoken(pack, phrases)),
    )


def canonical(words: str, speller: Speller) -> str:
    """Words of a rule in the form in which texts are read."""
    spelled: list[str] = []
    for word in words.split():
        spelled.extend([word] if word in _MARKS or word.startswith("#") else spell_words(word, speller))
    return " ".join(spelled)


def _speakers(
    languages: dict[str, frozenset[str]], speller: Speller, spoken: dict[str, set[str]]
) -> dict[str, tuple[str, ...]]:
    """Which languages use a word: the everyday ones, and those that only its rules know."""
    speakers: dict[str, set[str]] = {}
    for language, words in languages.items():
        for word in {canonical(word, speller) for word in words}:
            speakers.setdefault(word, set()).add(language)
    # What English and another language share ("i", "do") tells of neither.
    speakers = {word: names for word, names in speakers.items() if "en" not in names or len(names) == 1}
    for language in spoken.keys() - _ENGLISH:
        strange = spoken[language] - spoken["en"] - spoken["any"] - languages.get("en", frozenset())
        for word in strange:
            if len(word) >= _TELLING and word[0].isalpha():
                speakers.setdefault(word, set()).add(language)
    return {word: tuple(sorted(names)) for word, names in speakers.items()}


def _spoken(pack: Pack, phrases: Iterable[tuple[int, Phrase]]) -> dict[str, set[str]]:
    """The words of the rules of each language, as texts are read."""
    spoken: dict[str, set[str]] = {language: set() for language in _ENGLISH}
    for target, phrase in phrases:
        words = spoken.setdefault(pack.rules[target // 4].language, set())
        for segment in phrase.segments:
            words.update(word for literal in segment.literals for word in literal.split())
    return spoken


def _phrases(pack: Pack, speller: Speller) -> Iterator[tuple[int, Phrase]]:
    spelled = cache(lambda words: canonical(words, speller))
    for index, rule in enumerate(pack.rules):
        parts = (rule.say, rule.needs, rule.unless, rule.spared)
        for part, texts in enumerate(parts):
            for text in texts:
                try:
                    ways = compile_phrase(text, pack.lists, spelled)
                except RuleError as error:
                    raise RuleError(f"[{rule.id}]: {error}") from None
                for phrase in ways:
                    yield index * 4 + part, phrase


def _patterns(rules: tuple[Rule, ...]) -> Iterator[tuple[int, re2._Regexp]]:
    options = re2.Options()
    options.max_mem = 8 << 20
    options.log_errors = False
    options.case_sensitive = False
    for index, rule in enumerate(rules):
        if rule.pattern:
            try:
                yield index, re2.compile(rule.pattern, options)
            except re2.error as error:
                raise RuleError(f"[{rule.id}]: its pattern cannot be used: {error}") from None
