"""Finds every phrase of every rule in one pass over the words of a message."""

from collections.abc import Iterable

import ahocorasick

from triage.normalise import Reading
from triage.rules.phrase import Phrase, Segment

Hit = tuple[int, int]
_Joint = tuple[int, tuple[int, ...], tuple[int, ...]]
# A text that repeats one word ten thousand times proves nothing more than forty times.
_PLACES = 40


class Matcher:
    """Built once from (target, phrase) pairs; `find` says which targets a reading holds, and where.

    All literal parts go into one Aho-Corasick automaton; phrases with gaps are joined afterwards
    and only when their last part was seen. Immutable after building, so threads may share it.
    """

    def __init__(self, phrases: Iterable[tuple[int, Phrase]]) -> None:
        self._numbers: dict[Segment, int] = {}
        self._alone: dict[int, list[int]] = {}
        self._joints: dict[int, list[_Joint]] = {}
        for target, phrase in phrases:
            self._add(target, phrase)
        self._automaton = self._build()

    def find(self, reading: Reading) -> dict[int, list[Hit]]:
        """Targets found, each with the first and last word of every place, in order."""
        places = self._places(reading)
        hits: dict[int, list[Hit]] = {}
        for segment, where in places.items():
            for target in self._alone.get(segment, ()):
                hits.setdefault(target, []).extend(where)
            for target, segments, gaps in self._joints.get(segment, ()):
                if all(part in places for part in segments):
                    joined = _join([places[part] for part in segments], gaps, reading.sentence)
                    if joined:
                        hits.setdefault(target, []).extend(joined)
        for found in hits.values():
            found.sort()
        return hits

    def _places(self, reading: Reading) -> dict[int, list[Hit]]:
        places: dict[int, list[Hit]] = {}
        ends = reading.ends
        for end, (length, segments) in self._automaton.iter(reading.line):
            last = ends[end]
            hit = (last - length + 1, last)
            for segment in segments:
                where = places.get(segment)
                if where is None:
                    places[segment] = [hit]
                elif len(where) < _PLACES:
                    where.append(hit)
        return places

    def _add(self, target: int, phrase: Phrase) -> None:
        numbers = tuple(self._numbers.setdefault(s, len(self._numbers)) for s in phrase.segments)
        if len(numbers) == 1:
            self._alone.setdefault(numbers[0], []).append(target)
            return
        # Wait for the part that can be said in the fewest ways: it is the rarest.
        rarest = min(range(len(numbers)), key=lambda i: len(phrase.segments[i].literals))
        self._joints.setdefault(numbers[rarest], []).append((target, numbers, phrase.gaps))

    def _build(self) -> ahocorasick.Automaton:
        holders: dict[str, list[int]] = {}
        for segment, number in self._numbers.items():
            for literal in segment.literals:
                holders.setdefault(literal, []).append(number)
        automaton = ahocorasick.Automaton()
        for literal, numbers in holders.items():
            automaton.add_word(f" {literal} ", (literal.count(" ") + 1, tuple(numbers)))
        automaton.make_automaton()
        return automaton


def _join(parts: list[list[Hit]], gaps: tuple[int, ...], sentence: list[int]) -> list[Hit]:
    chains = parts[0]
    for part, gap in zip(parts[1:], gaps, strict=True):
        chains = [
            (first, end)
            for first, last in chains
            for start, end in part
            if 0 < start - last <= gap + 1 and (not gap or sentence[start] == sentence[last])
        ]
        if not chains:
            return []
    return chains[:_PLACES]
