"""What a rule is, as a supervisor writes it and before it is compiled."""

from dataclasses import dataclass, field

from triage.verdict import Level


class RuleError(ValueError):
    """A rule cannot be used as written; the text says which and why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One readable rule. `weight` is in points, a multiple of a quarter, of either sign.

    `say` are phrases, `pattern` an expression for RE2; `needs` must and `unless` must not occur
    anywhere in the message, `spared` must not occur in the same sentence. A `firm` rule is not
    softened by modifiers. `tags` are what staff see on the conversation; `means` is what the rule
    tells the engine: `idle` (nothing is asked), `request` (something is) or `resolved` (it is over).
    A rule with `least` speaks only when it is hit in that many places. A rule with `factor` is
    itself a modifier of the others.
    """

    id: str
    title: str
    category: str
    owner: str = ""
    language: str = "en"
    tags: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    weight: float = 0.0
    floor: Level | None = None
    say: tuple[str, ...] = ()
    pattern: str = ""
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    firm: bool = False
    least: int = 1
    factor: float | None = None
    scope: str = "sentence"
    hit: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()
    why: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it speaks wherever its phrases are found, nothing else asked."""
        return not (self.needs or self.unless or self.spared) and self.least == 1


@dataclass(frozen=True, slots=True)
class Bands:
    """From which score urgent and critical begin, and the score with which every message starts.

    One in a language whose words are weighed singly starts `words` apart from that.
    """

    base: float = 0.0
    words: float = 0.0
    urgent: float = 3.0
    critical: float = 7.0
    idle: float = 2.0

    def level(self, score: float) -> Level:
        """Critical, urgent or routine; what is nothing at all is not told by the score."""
        if score >= self.critical:
            return Level.CRITICAL
        return Level.URGENT if score >= self.urgent else Level.ROUTINE

    def start(self, level: Level) -> float:
        """The lowest score of urgent or critical."""
        return self.critical if level is Level.CRITICAL else self.urgent


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything an engine is made from, and the version that names exactly this content."""

    rules: tuple[Rule, ...]
    lists: dict[str, tuple[str, ...]]
    spellings: dict[str, str]
    languages: dict[str, frozenset[str]]
    bands: Bands
    version: str
    problems: tuple[str, ...] = field(default=())
