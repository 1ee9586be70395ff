"""What triage says of one message, with every reason that adds up to it."""

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple


class Level(IntEnum):
    """Urgency, lowest first; the value is what the database keeps."""

    NONE = 0
    ROUTINE = 1
    URGENT = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Level":
        """The level called `word`; ValueError when there is none of that name."""
        try:
            return cls[word.strip().upper()]
        except KeyError:
            raise ValueError(f"no level is called {word!r}") from None


class Reason(NamedTuple):
    """One thing that moved the score.

    `weight` is in points, always a multiple of a quarter, as it was used, so after `modifier`
    (for instance "negated") has had its say. `span` counts code points in the message as shown
    and `quote` is what stands there; both are empty for reasons that lie outside the text.
    """

    rule: str
    title: str
    category: str
    weight: float
    span: tuple[int, int] | None = None
    quote: str = ""
    modifier: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The level of a message and why. The weights of `reasons` add up to `score` exactly.

    `floor` is the level that a rule insists on; only a person may go below it. `incomplete` means
    that a rule could not be judged or the text was too long to read whole: the level was raised.
    """

    level: Level
    score: float
    reasons: tuple[Reason, ...]
    floor: Level | None
    version: str
    incomplete: bool = False
    language: str = "und"
    tags: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "level": self.level.word,
            "score": self.score,
            "reasons": [_reason_to_dict(reason) for reason in self.reasons],
            "floor": None if self.floor is None else self.floor.word,
            "version": self.version,
            "incomplete": self.incomplete,
            "language": self.language,
            "tags": list(self.tags),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Verdict":
        floor = data["floor"]
        return cls(
            level=Level.of(data["level"]),
            score=data["score"],
            reasons=tuple(_reason_from_dict(reason) for reason in data["reasons"]),
            floor=None if floor is None else Level.of(floor),
            version=data["version"],
            incomplete=data["incomplete"],
            language=data["language"],
            tags=tuple(data["tags"]),
        )

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Verdict":
        return cls.from_dict(json.loads(text))


def _reason_to_dict(reason: Reason) -> dict[str, Any]:
    return {
        "rule": reason.rule,
        "title": reason.title,
        "category": reason.category,
        "weight": reason.weight,
        "span": None if reason.span is None else list(reason.span),
        "quote": reason.quote,
        "modifier": reason.modifier,
    }


def _reason_from_dict(data: dict[str, Any]) -> Reason:
    span = data["span"]
    return Reason(**{**data, "span": None if span is None else (span[0], span[1])})
