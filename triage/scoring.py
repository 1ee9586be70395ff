"""Adds reasons up to a score, holds floors, and turns both into a verdict."""

from dataclasses import dataclass, field

from triage.rules.model import Bands, Rule
from triage.verdict import Level, Reason, Verdict

BASE = "base"
FLOOR = "floor"
# Tags of rules: thanks, jokes and advertising ask for nothing, unless something is asked for too.
IDLE, REQUEST = "idle", "request"


@dataclass(slots=True)
class Scorer:
    """Collects reasons for one message. Every weight is a quarter point, so sums are exact."""

    bands: Bands
    reasons: list[Reason] = field(default_factory=list)
    tags: dict[str, None] = field(default_factory=dict)
    floor: Level | None = None
    floored_by: Reason | None = None
    incomplete: bool = False

    def __post_init__(self) -> None:
        self.reasons.append(Reason(BASE, "Where every message starts", "base", self.bands.base))

    def add(self, rule: Rule, reason: Reason, *, floors: bool) -> None:
        self.reasons.append(reason)
        self.tags.update(dict.fromkeys((rule.category, *rule.tags)))
        if floors and rule.floor is not None:
            self.hold(rule.floor, reason)

    def note(self, name: str, title: str, weight: float = 0.0) -> Reason:
        """A reason that lies outside the text."""
        reason = Reason(name, title, "context", weight)
        self.reasons.append(reason)
        return reason

    def hold(self, level: Level, reason: Reason) -> None:
        if self.floor is None or level > self.floor:
            self.floor, self.floored_by = level, reason

    def fail(self, name: str, title: str, level: Level) -> None:
        """Something could not be judged: the message goes up, marked, and never down."""
        self.incomplete = True
        self.hold(level, self.note(name, title))

    def verdict(self, version: str, language: str) -> Verdict:
        self._lift()
        score = sum(reason.weight for reason in self.reasons)
        return Verdict(
            level=self._level(score),
            score=score,
            reasons=tuple(self.reasons),
            floor=self.floor,
            version=version,
            incomplete=self.incomplete,
            language=language,
            tags=tuple(self.tags),
        )

    def _level(self, score: float) -> Level:
        level = self.bands.level(score)
        if level is Level.ROUTINE and self.floor is None and IDLE in self.tags and REQUEST not in self.tags:
            return Level.NONE
        return level

    def _lift(self) -> None:
        """Makes the score reach the floor, by a reason of its own, so that sums stay honest."""
        if self.floor is None or self.floored_by is None or self.floor < Level.URGENT:
            return
        missing = self.bands.start(self.floor) - sum(reason.weight for reason in self.reasons)
        if missing > 0:
            by = self.floored_by
            title = f"At least {self.floor.word}: {by.title}"
            self.reasons.append(Reason(FLOOR, title, by.category, missing, by.span, by.quote))


def quarter(points: float) -> float:
    """The quarter point nearest to zero that is nearest to `points`."""
    return int(points * 4) / 4
