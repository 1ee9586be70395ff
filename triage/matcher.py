"""Finds every phrase of every rule in one pass over the words of a message."""

from collections.abc import Iterable

import ahocorasick

from triage.normalise import Reading
from triage.rules.phrase import Phrase, Segment

Hit = tuple[int, int]
# A phrase with gaps: its target, the numbers of its segments, the words allowed between them.
_Chain = tuple[int, tuple[int, ...], tuple[int, ...]]
# A text that repeats one word ten thousand times proves nothing more than forty times.
_PLACES = 40


class Matcher:
    """Built once from (target, phrase) pairs; `find` says which targets a reading holds, and where.

    All literals go into one Aho-Corasick automaton. A phrase with gaps is looked at only when its
    rarest part was seen, and then joined to its other parts. Never changed after building, so
    threads may share it.
    """

    def __init__(self, phrases: Iterable[tuple[int, Phrase]]) -> None:
        self._segments: dict[Segment, int] = {}
        self._literals: dict[str, int] = {}
        self._chains: list[_Chain] = []
        alone: dict[int, list[int]] = {}
        for target, phrase in phrases:
            numbers = tuple(self._segments.setdefault(s, len(self._segments)) for s in phrase.segments)
            if len(numbers) == 1:
                alone.setdefault(numbers[0], []).append(target)
            else:
                self._chains.append((target, numbers, phrase.gaps))
        for segment in self._segments:
            for literal in segment.literals:
                self._literals.setdefault(literal, len(self._literals))
        # Sets of parts are numbers with a bit for each: a common word is in hundreds of them.
        bits: dict[int, int] = {}
        for _, numbers, _ in self._chains:
            for number in numbers:
                bits.setdefault(number, len(bits))
        self._bits = bits
        self._needed = [_as_bits(bits[number] for number in numbers) for _, numbers, _ in self._chains]
        self._ways = [set(self._literals[lit] for lit in s.literals) for s in self._segments]
        self._automaton = self._build(alone)

    def find(self, reading: Reading) -> dict[int, list[Hit]]:
        """Targets found, each with the first and last word of every place, in order."""
        hits: dict[int, list[Hit]] = {}
        seen: dict[int, list[Hit]] = {}
        waiting: set[int] = set()
        present = 0
        ends = reading.ends
        for end, (length, literal, targets, chains, parts) in self._automaton.iter(reading.line):
            last = ends[end]
            hit = (last - length + 1, last)
            places = seen.get(literal)
            if places is None:
                seen[literal] = [hit]
                if parts:
                    present |= parts
                    if chains:
                        waiting.update(chains)
            elif len(places) < _PLACES:
                places.append(hit)
            else:
                continue
            for target in targets:
                hits.setdefault(target, []).append(hit)
        if waiting:
            self._join_all(waiting, present, seen, hits, reading.sentence)
        return {target: found if len(found) == 1 else sorted(found) for target, found in hits.items()}

    def _join_all(
        self,
        waiting: set[int],
        present: int,
        seen: dict[int, list[Hit]],
        hits: dict[int, list[Hit]],
        sentence: list[int],
    ) -> None:
        """Joins the phrases of which every part was seen."""
        needed, chains = self._needed, self._chains
        places: dict[int, list[Hit]] = {}
        for chain in waiting:
            need = needed[chain]
            if need & present != need:
                continue
            target, segments, gaps = chains[chain]
            for segment in segments:
                if segment not in places:
                    places[segment] = self._places(segment, seen)
            joined = _join([places[segment] for segment in segments], gaps, sentence)
            if joined:
                hits.setdefault(target, []).extend(joined)

    def _places(self, segment: int, seen: dict[int, list[Hit]]) -> list[Hit]:
        ways = self._ways[segment] & seen.keys()
        return seen[ways.pop()] if len(ways) == 1 else [hit for way in ways for hit in seen[way]]

    def _build(self, alone: dict[int, list[int]]) -> ahocorasick.Automaton:
        targets: dict[int, set[int]] = {}
        for segment, its in alone.items():
            for literal in self._ways[segment]:
                targets.setdefault(literal, set()).update(its)
        triggers, parts = self._triggers(), self._parts_by_literal()
        automaton = ahocorasick.Automaton()
        for text, literal in self._literals.items():
            value = (
                text.count(" ") + 1,
                literal,
                tuple(sorted(targets.get(literal, ()))),
                tuple(triggers.get(literal, ())),
                _as_bits(parts.get(literal, ())),
            )
            automaton.add_word(f" {text} ", value)
        automaton.make_automaton()
        return automaton

    def _parts_by_literal(self) -> dict[int, list[int]]:
        parts: dict[int, list[int]] = {}
        for segment, bit in self._bits.items():
            for literal in self._ways[segment]:
                parts.setdefault(literal, []).append(bit)
        return parts

    def _triggers(self) -> dict[int, list[int]]:
        """For each literal the chains that wait for it: those of whose parts it is in the rarest.

        How rare a word is, is told by how few parts of phrases hold it.
        """
        holders: dict[int, int] = {}
        for ways in self._ways:
            for literal in ways:
                holders[literal] = holders.get(literal, 0) + 1
        common = [sum(holders[literal] for literal in ways) for ways in self._ways]
        triggers: dict[int, list[int]] = {}
        for number, (_, segments, _) in enumerate(self._chains):
            for literal in self._ways[min(segments, key=lambda segment: common[segment])]:
                triggers.setdefault(literal, []).append(number)
        return triggers


def _as_bits(numbers: Iterable[int]) -> int:
    bits = 0
    for number in numbers:
        bits |= 1 << number
    return bits


def _join(parts: list[list[Hit]], gaps: tuple[int, ...], sentence: list[int]) -> list[Hit]:
    chains = parts[0]
    for number, gap in enumerate(gaps, start=1):
        chains = [
            (first, end)
            for first, last in chains
            for start, end in parts[number]
            if 0 < start - last <= gap + 1 and (not gap or sentence[start] == sentence[last])
        ]
        if not chains:
            return chains
    return chains if len(chains) <= _PLACES else chains[:_PLACES]
