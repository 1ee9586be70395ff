"""Adds reasons up to a score, holds floors, and turns both into a verdict."""

from dataclasses import dataclass, field

from triage.rules.model import Bands, Rule
from triage.verdict import Level, Reason, Verdict

BASE, WORDS = "base", "words"
FLOOR = "floor"
# What a rule may mean: thanks, jokes and advertising ask for nothing, unless something is asked too.
IDLE, REQUEST = "idle", "request"
# A message that tells of this much of an incident is a report, whatever jokes stand beside it.
_REPORT = 1.0
# Staff read tags at a glance: few, each with some weight of its own and beside the heaviest.
_MOST_TAGS, _TELLING, _BESIDE = 4, 0.75, 0.35
# A floor that is not firm gives way where its own sentence and what each other sentence says against it
# beyond `_STRAY`, together up to `_AGAINST`, come to less. So no stray sentence lowers a floor.
_GIVES_WAY, _STRAY, _AGAINST = -0.75, 1.5, 4.0
_AND_YET = "but all else is everyday"
# A floor tells what a message is about better than any sum of words.
_FLOOR_TELLS = 4.0
# Reasons that say how something is told come after those that say what happened.
_LAST = {"how it is told": 1, "when and where": 1, "learned words": 2, "base": 3}


@dataclass(slots=True)
class Scorer:
    """Collects reasons for one message. Every weight is a quarter point, so sums are exact."""

    bands: Bands
    reasons: list[Reason] = field(default_factory=list)
    means: set[str] = field(default_factory=set)
    told: dict[str, float] = field(default_factory=dict)
    asides: dict[str, float] = field(default_factory=dict)
    floor: Level | None = None
    floored_by: Reason | None = None
    incomplete: bool = False
    sentences: dict[int, float] = field(default_factory=dict)
    doubtful: list[tuple[Rule, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reasons.append(Reason(BASE, "Where every message starts", "base", self.bands.base))

    def begin_with_words(self) -> None:
        """The message is in a language whose words are weighed singly, which moves where it starts."""
        if self.bands.words:
            title = "Where a message starts whose words are weighed singly"
            self.reasons.append(Reason(WORDS, title, "base", self.bands.words))

    def add(self, rule: Rule, reason: Reason, *, floors: bool, sentence: int = 0) -> None:
        """Takes in what a rule said in the sentence of that number; `floors` where nothing weakened it."""
        if reason.weight:
            self.sentences[sentence] = self.sentences.get(sentence, 0.0) + reason.weight
        self.reasons.append(reason)
        if rule.means:
            self.means.update(rule.means)
        telling = abs(reason.weight)
        if floors and rule.floor is not None:
            if rule.firm or rule.pattern:
                self.hold(rule.floor, reason)
                telling += _FLOOR_TELLS
            else:
                self.doubtful.append((rule, sentence, len(self.reasons) - 1))
        if telling:
            self._tell(self.told if reason.weight > 0 else self.asides, rule, telling)

    @staticmethod
    def _tell(tally: dict[str, float], rule: Rule, telling: float) -> None:
        for tag in rule.tags:
            tally[tag] = tally.get(tag, 0.0) + telling

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
        self._settle()
        self._lift()
        score = sum(reason.weight for reason in self.reasons)
        level = self._level(score)
        self.reasons.sort(key=_order)
        return Verdict(
            level=level,
            score=score,
            reasons=tuple(self.reasons),
            floor=self.floor,
            version=version,
            incomplete=self.incomplete,
            language=language,
            tags=self._tags(level),
        )

    def _level(self, score: float) -> Level:
        level = self.bands.level(score)
        if level is not Level.ROUTINE or self.floor is not None or score >= self.bands.idle:
            return level
        idle = IDLE in self.means and REQUEST not in self.means
        return Level.NONE if idle and max(self.told.values(), default=0.0) < _REPORT else level

    def _tags(self, level: Level) -> tuple[str, ...]:
        """The few tags that tell staff what it is, most telling first."""
        tally = dict(self.told)
        if level < Level.URGENT:
            for tag, weight in self.asides.items():
                tally[tag] = max(tally.get(tag, 0.0), weight + _TELLING)
        least = max([_TELLING, *(weight * _BESIDE for weight in tally.values())])
        ranked = sorted(tally.items(), key=lambda pair: -pair[1])
        return tuple(tag for tag, weight in ranked[:_MOST_TAGS] if weight >= least)

    def _settle(self) -> None:
        """Holds the floors that the rest of the message does not speak against."""
        start = sum(reason.weight for reason in self.reasons if reason.category == "base")
        against = {sentence: min(points + _STRAY, 0.0) for sentence, points in self.sentences.items()}
        for rule, sentence, place in self.doubtful:
            own, reason = self.sentences.get(sentence, 0.0), self.reasons[place]
            others = sum(against.values()) - against.get(sentence, 0.0)
            if rule.floor is not None and start + own + max(others, -_AGAINST) >= _GIVES_WAY:
                self.hold(rule.floor, reason)
                self._tell(self.told, rule, _FLOOR_TELLS)
            else:
                self.reasons[place] = reason._replace(modifier=_AND_YET)

    def _lift(self) -> None:
        """Makes the score reach the floor, by a reason of its own, so that sums stay honest."""
        if self.floor is None or self.floored_by is None or self.floor < Level.URGENT:
            return
        missing = self.bands.start(self.floor) - sum(reason.weight for reason in self.reasons)
        if missing > 0:
            by = self.floored_by
            title = f"At least {self.floor.word}: {by.title}"
            self.reasons.append(Reason(FLOOR, title, by.category, missing, by.span, by.quote))


def _order(reason: Reason) -> tuple[int, float]:
    return _LAST.get(reason.category, 0), -abs(reason.weight)


def quarter(points: float) -> float:
    """The quarter point nearest to zero that is nearest to `points`."""
    return int(points * 4) / 4
