"""Messages that people have already judged, read from JSON lines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from triage.facts import Facts
from triage.verdict import Level

# Words of other collections for our levels.
_WORDS = {"high": Level.URGENT, "medium": Level.ROUTINE, "low": Level.NONE}
_LIGHT = 50.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message with what people said of it; `level` is None where only urgent or not is known.

    `source` names the file that it stood in.
    """

    facts: Facts
    urgent: bool
    level: Level | None
    hard: bool = False
    source: str = ""


def read_labelled(lines: Iterable[str]) -> Iterator[Labelled]:
    """Lines {"text", "level" or "urgent", "thread"?, "channel"?, "hard"?}; ValueError names a bad line."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _labelled(json.loads(line))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"line {number} is not a labelled message: {error}") from None


def read_files(paths: Sequence[Path]) -> list[Labelled]:
    """All messages of the files, in order; OSError or ValueError when one cannot be read."""
    rows: list[Labelled] = []
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            rows.extend(replace(row, source=path.stem) for row in read_labelled(lines))
    return rows


def weighed(paths: Sequence[Path], light: Sequence[Path]) -> tuple[list[Labelled], list[float]]:
    """The messages of both, and how much each counts: those of one `light` file together as fifty.

    Data from elsewhere keeps weights sane without deciding them.
    """
    rows = read_files(paths)
    counts = [1.0] * len(rows)
    for path in light:
        more = read_files([path])
        rows += more
        counts += [_LIGHT / max(1, len(more))] * len(more)
    return rows, counts


def _labelled(row: dict[str, Any]) -> Labelled:
    level = _level(row)
    urgent = level >= Level.URGENT if level is not None else bool(row["urgent"])
    channel = str(row.get("channel") or "")
    facts = Facts(
        text=str(row["text"]),
        thread=tuple(row.get("thread") or ()),
        channel=channel,
        private=channel.endswith("private"),
    )
    return Labelled(facts, urgent, level, bool(row.get("hard")))


def _level(row: dict[str, Any]) -> Level | None:
    word = str(row.get("level") or "").lower()
    if not word:
        return None
    return _WORDS[word] if word in _WORDS else Level.of(word)
