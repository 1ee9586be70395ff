"""From a scenario and a seed to a list of cues: the same seed gives the same people, words and moments."""

import random
import re
from dataclasses import dataclass, replace

from sandbox.scenarios.reading import Background, Crowd, Line, Scenario, invented

THINNING = 0.25  # the last quarter of a background grows ever quieter
QUIETEST = 4.0


@dataclass(frozen=True)
class Cue:
    """A line that is due `at` seconds into the story, in final words, by one person on one channel."""

    at: float
    voice: str
    line: Line


def plan(scenario: Scenario, seed: int) -> list[Cue]:
    """Every cue that does not wait for the desk, in the order of time."""
    chance = random.Random(f"{scenario.name}/{seed}")
    cues = [_cue(line.at, line, chance, {}) for line in scenario.story]
    for crowd in scenario.crowds:
        cues += _crowd(crowd, chance)
    if scenario.background is not None:
        cues += _background(scenario.background, chance)
    return sorted(cues, key=lambda cue: cue.at)


def _crowd(crowd: Crowd, chance: random.Random) -> list[Cue]:
    """Most come early, as after anything that many have seen."""
    moments = sorted(crowd.at + crowd.over * chance.random() ** 1.6 for _ in range(crowd.count))
    return [_cue(at, chance.choice(crowd.lines), chance, crowd.where) for at in moments]


def _background(background: Background, chance: random.Random) -> list[Cue]:
    cues, at, last = [], 2.0, -1
    calm = background.lasts * (1 - THINNING)
    while at < background.lasts:
        slower = 1 + max(0.0, (at - calm) / (background.lasts - calm)) * QUIETEST
        at += chance.uniform(background.shortest, background.longest) * slower
        index = chance.randrange(len(background.lines))
        if index == last:
            index = (index + 1) % len(background.lines)
        last = index
        cues.append(_cue(at, background.lines[index], chance, {}))
    return cues


def _cue(at: float, line: Line, chance: random.Random, weights: dict[str, int]) -> Cue:
    if line.where:
        voice = chance.choice(line.where)
    else:
        voice = chance.choices(list(weights), weights=list(weights.values()))[0]
    blanks = _blanks(chance)
    return Cue(at, voice, _filled(replace(line, by=line.by or blanks["author"]), blanks))


def _filled(line: Line, blanks: dict[str, str]) -> Line:
    return replace(
        line,
        says=_fill(line.says, blanks),
        subject=None if line.subject is None else _fill(line.subject, blanks),
        then=tuple(_filled(next_line, blanks) for next_line in line.then),
    )


def _fill(text: str, blanks: dict[str, str]) -> str:
    """KeyError: the file names a blank that nobody fills."""
    return re.sub(r"\{(\w+)\}", lambda found: blanks[found[1]], text)


def _blanks(chance: random.Random) -> dict[str, str]:
    words = invented()
    first, last = chance.choice(words["first"]), chance.choice(words["last"])
    drawn = {kind: chance.choice(words[kind]) for kind in ("street", "place", "spot", "item", "time", "make")}
    capitals = {f"{kind}_capital": text[0].upper() + text[1:] for kind, text in drawn.items()}
    handle = f"{first}_{last}{chance.randrange(10, 99)}".lower()
    author = chance.choice((f"{first} {last}", f"{first} {last[0]}.", f"{first} {last}"))
    return {
        **drawn,
        **capitals,
        "author": author,
        "handle": handle,
        "number": f"{chance.randrange(100, 999)}",
    }
