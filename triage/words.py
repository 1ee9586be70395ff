"""Finds the words and word pairs that go with danger, and those that go with the everyday.

What is found becomes ordinary rules, one word with its forms or one pair each, which people read,
change and throw out like any other.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log, sqrt

from triage.fit import Fitted, Lesson, Limits, Strength, fit

# Points to one of log odds. Rules alone are fitted at two; beside words they say half of what they said.
POINTS = 4.0
_ENDINGS = ("ings", "ing", "ed", "es", "s", "e")
_PLAIN = re.compile(r"#?[a-z0-9]+(?: #?[a-z0-9]+)?$")
_SHORTEST = 4
# What the kinds of number look like when written, for the examples.
_WRITTEN = {
    "#child": "7",
    "#adult": "30",
    "#old": "79",
    "#time": "7pm",
    "#mins": "5mins",
    "#road": "A52",
    "#th": "4th",
    "#year": "2019",
    "#money": "£20",
    "#link": "www.shop.example",
    "#code": "AB12C3",
    "#childyears": "6yo",
    "#years": "20yo",
}
# In log odds: no single word may say more than this, two points, whatever the labels say.
_LOUDEST = 0.5
# Sets of this many parts, of which each is left out once: a word must lean the same way in all.
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many words at most, in how many messages and files each must stand, and how hard to hold back.

    Written rules keep their weights unless `refit`: fitted to the same labels they would be believed twice.
    Words in `grave` are never learned as everyday: jokes about a knife must not make knives harmless.
    """

    most: int = 900
    messages: int = 3
    sources: int = 2
    ridge: float = 8.0
    rarer: float = 3.0
    refit: bool = False
    grave: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its forms, or one pair; its weight in points; how often it was met and was urgent."""

    ways: tuple[str, ...]
    weight: float
    met: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of one message, what the rules make of it (log odds), and what people said."""

    ways: frozenset[str]
    odds: float
    urgent: bool
    count: float
    source: str


def grave(lists: dict[str, tuple[str, ...]]) -> frozenset[str]:
    """Words that no label may call everyday: those of the list `grave`, which may name other lists."""
    named = lists.get("grave", ())
    return frozenset(word for name in named for word in lists.get(name, (name,)))


def hear(line: Sequence[str]) -> frozenset[str]:
    """The single words and the pairs of neighbours in the canonical words of a message."""
    pairs = (f"{one} {other}" for one, other in pairwise(line))
    return frozenset(way for way in (*line, *pairs) if _PLAIN.match(way))


@cache
def family(way: str) -> str:
    """What the forms of one word share; a pair stands for itself."""
    if " " in way or way.startswith("#"):
        return way
    for ending in _ENDINGS:
        if way.endswith(ending) and len(way) - len(ending) >= _SHORTEST:
            way = way[: -len(ending)]
            break
    return f"{way[:-1] if len(way) > _SHORTEST and way[-1] == way[-2] else way}-"


def learn(heard: Sequence[Heard], wanted: Wanted) -> tuple[list[Word], float]:
    """The words worth a quarter point or more, and the change of the starting score, in log odds."""
    found = [frozenset(map(family, one.ways)) for one in heard]
    names = _candidates(found, heard, wanted)
    everything = _fit(names, found, heard, wanted)
    rank = {n: -abs(w) * sqrt(names[n]) for n, w in zip(names, everything.weights, strict=True)}
    kept = {name: names[name] for name in sorted(rank, key=lambda name: (rank[name], name))[: wanted.most]}
    fitted = _fit(kept, found, heard, wanted)
    steady = _steady(kept, found, heard, wanted)
    scaled = Fitted(tuple(w * POINTS for w in fitted.weights), 0.0).rounded()
    forms, urgent = (
        _forms(heard),
        Counter(n for f, h in zip(found, heard, strict=True) if h.urgent for n in f),
    )
    words = [
        Word(tuple(sorted(forms[name])), weight, kept[name], urgent[name])
        for name, weight, sure in zip(kept, scaled.weights, steady, strict=True)
        if weight and sure
    ]
    return words, fitted.base


def _candidates(found: Sequence[frozenset[str]], heard: Sequence[Heard], wanted: Wanted) -> dict[str, int]:
    met = Counter(name for names, one in zip(found, heard, strict=True) if one.count >= 1 for name in names)
    sources: dict[str, set[str]] = {}
    for names, one in zip(found, heard, strict=True):
        if one.count >= 1:
            for name in names:
                sources.setdefault(name, set()).add(one.source)
    enough = min(wanted.sources, len({one.source for one in heard if one.count >= 1}))
    return {
        name: met[name]
        for name in sorted(met)
        if met[name] >= wanted.messages and len(sources[name]) >= enough
    }


def _fit(
    names: dict[str, int], found: Sequence[frozenset[str]], heard: Sequence[Heard], wanted: Wanted
) -> Fitted:
    """Weights in log odds beside what the rules say. Common words are held back more than rare ones."""
    number = {name: index for index, name in enumerate(names)}
    heavy = {family(way) for way in wanted.grave}
    total = sum(one.count for one in heard)
    size = 1 + sum(one.count >= 1 for one in heard)
    rarity = [1 + log(size / (1 + met)) for met in names.values()]
    lesson = Lesson(
        rows=[{number[n]: 1.0 for n in sorted(f) if n in number} for f in found],
        urgent=[one.urgent for one in heard],
        counts=[one.count for one in heard],
        odds=[one.odds for one in heard],
    )
    limits = Limits(
        signs=[int(name in heavy) for name in names],
        least=[0.0] * len(names),
        most=[_LOUDEST] * len(names),
        stiff=[wanted.ridge / total * (4 / rare) ** wanted.rarer for rare in rarity],
    )
    return fit(lesson, limits, Strength(ridge=0.0, sparse=0.0, ceiling=5.0))


def _steady(
    names: dict[str, int], found: Sequence[frozenset[str]], heard: Sequence[Heard], wanted: Wanted
) -> list[bool]:
    """For each word whether it leans the same way whichever fifth of the messages is left out."""
    signs: list[set[bool]] = [set() for _ in names]
    for part in range(_PARTS):
        rest = [index for index in range(len(heard)) if index % _PARTS != part]
        fitted = _fit(names, [found[i] for i in rest], [heard[i] for i in rest], wanted)
        for its, weight in zip(signs, fitted.weights, strict=True):
            its.add(weight > 0)
    return [len(its) == 1 for its in signs]


def _forms(heard: Iterable[Heard]) -> dict[str, set[str]]:
    forms: dict[str, set[str]] = {}
    for one in heard:
        if one.count >= 1:
            for way in one.ways:
                forms.setdefault(family(way), set()).add(way)
    return forms


def write_words(words: Sequence[Word], *, danger: bool) -> str:
    """The rules of one file: the words that go with danger, or those that go with the everyday."""
    side = "danger" if danger else "everyday"
    chosen = sorted((w for w in words if (w.weight > 0) is danger), key=lambda w: (-abs(w.weight), w.ways))
    head = f"category: {CATEGORY}\nowner: Contact Management\nfirm: yes\n"
    return head + "".join(f"\n{_rule(word, side)}" for word in chosen)


CATEGORY = "learned words"


def _rule(word: Word, side: str) -> str:
    name = word.ways[0].replace("#", "number-").replace(" ", "-")
    said = "|".join(way.replace(" ", "_") for way in word.ways)
    shown = " ".join(_WRITTEN.get(part, part) for part in word.ways[0].split())
    return (
        f"[{side}.{name}] Goes with {'danger' if side == 'danger' else 'the everyday'}: "
        f"{', '.join(word.ways)}\n"
        f"weight: {word.weight:g}\nsay: {said}\nhit: {shown}\nmiss: Ravensby\n"
        f"why: In {word.met} graded messages, {word.urgent} of them urgent.\n"
    )
