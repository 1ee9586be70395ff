"""Phrases in a supervisor's words, turned into what the matcher looks for.

`a b` words in a row · `a|b` either · `(a)` may be missing · `<list>` any of a named list · `..` up to
three words between · `...` up to eight, in the same sentence · `several_words` as one alternative ·
`^` and `$` the beginning and the end of the message · `?` `!` `.` the end of a sentence.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from triage.rules.model import RuleError

_SEGMENT_LIMIT = 48
_PHRASE_LIMIT = 4000
_VARIANTS = 128
_Slot = tuple[str, ...]
_GAPS = {"..": 3, "...": 8}
_LIST = re.compile(r"<([\w-]+)>")


@dataclass(frozen=True, slots=True)
class Segment:
    """Words in a row, in all the ways they may be said."""

    literals: frozenset[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Segments with the number of words that may stand between each and the next."""

    segments: tuple[Segment, ...]
    gaps: tuple[int, ...]


def compile_phrase(
    text: str, lists: dict[str, tuple[str, ...]], canonical: Callable[[str], str]
) -> list[Phrase]:
    """The phrase, in several when it has words that may be missing between long lists.

    RuleError when a list is unknown, or when it says nothing or far too much.
    """
    slots: list[_Slot] = []
    gaps: list[int] = []
    for word in text.split():
        if word in _GAPS:
            if not slots:
                raise RuleError(f"{text!r} begins with a gap")
            gaps[-1] = _GAPS[word]
        else:
            slots.append(_slot(word, lists, canonical))
            gaps.append(0)
    if not slots or gaps[-1]:
        raise RuleError(f"{text!r} says nothing or ends with a gap")
    if "" in slots[0] or "" in slots[-1]:
        raise RuleError(f"{text!r} begins or ends with words that may be missing, which makes no difference")
    return [_gather(text, *way) for way in _ways(text, slots, gaps)]


def _ways(text: str, slots: list[_Slot], gaps: list[int]) -> list[tuple[list[_Slot], list[int]]]:
    """The phrase with its optional words either there or not, where spelling all out would be too much."""
    size = 1
    for slot in slots:
        size *= len(slot)
    if size <= _SEGMENT_LIMIT:
        return [(slots, gaps)]
    ways: list[tuple[list[_Slot], list[int]]] = [([], [])]
    for slot, gap in zip(slots, gaps, strict=True):
        said = tuple(word for word in slot if word)
        longer = [([*its, said], [*between, gap]) for its, between in ways]
        skipped = ways if "" in slot else []
        ways = [*longer, *((its, [*between[:-1], max(between[-1], gap)]) for its, between in skipped)]
        if len(ways) > _VARIANTS:
            raise RuleError(f"{text!r} can be said in too many ways: split it")
    return ways


def _slot(word: str, lists: dict[str, tuple[str, ...]], canonical: Callable[[str], str]) -> tuple[str, ...]:
    optional = word.startswith("(") and word.endswith(")")
    ways: list[str] = [""] if optional else []
    for part in (word[1:-1] if optional else word).split("|"):
        named = _LIST.fullmatch(part)
        if named and named[1] not in lists:
            raise RuleError(f"there is no list called {part}")
        items = lists[named[1]] if named else (part.replace("_", " "),)
        ways.extend(canonical(item) for item in items)
    return tuple(dict.fromkeys(ways))


def _gather(text: str, slots: list[tuple[str, ...]], gaps: list[int]) -> Phrase:
    segments: list[Segment] = []
    between: list[int] = []
    ways: tuple[str, ...] = ("",)
    for index, slot in enumerate(slots):
        ways = tuple(dict.fromkeys(f"{a} {b}".strip() for a, b in product(ways, slot)))
        if len(ways) > _PHRASE_LIMIT:
            raise RuleError(f"{text!r} can be said in too many ways: split it")
        following = slots[index + 1] if index + 1 < len(slots) else ()
        full = len(ways) * len(following) > _SEGMENT_LIMIT and "" not in ways and "" not in following
        if index + 1 == len(slots) or gaps[index] or full:
            if "" in ways:
                raise RuleError(f"{text!r} has a part of which every word may be missing")
            segments.append(Segment(frozenset(ways)))
            between.append(gaps[index])
            ways = ("",)
    return Phrase(tuple(segments), tuple(between[:-1]))
