"""Try a rule while it is being written, and any text on several versions."""

from dataclasses import dataclass, replace
from functools import lru_cache

from triage.engine import Engine
from triage.models import Change, Draft
from triage.queries.editions import load_draft
from triage.rules.edition import write_bands
from triage.rules.model import Pack, Rule, RuleError
from triage.rules.write import read_rule


@dataclass(frozen=True, slots=True)
class Example:
    """One example with whether the rule does on it what it should."""

    text: str
    should: bool
    does: bool

    @property
    def right(self) -> bool:
        """Say whether it does what it should."""
        return self.should == self.does


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule as far as it is written: a sentence when it cannot be used, else its examples."""

    problem: str = ""
    examples: tuple[Example, ...] = ()
    rule: Rule | None = None

    @property
    def right(self) -> bool:
        """Say whether all is as it should be."""
        return not self.problem and all(one.right for one in self.examples)


def check_rule(text: str, pack: Pack) -> Checked:
    """The rule by itself on its own examples, with the pack's lists: a few milliseconds."""
    try:
        rule = read_rule(text)
        engine = Engine(replace(pack, rules=(rule,)))
    except RuleError as error:
        return Checked(problem=tell(error))
    found = [Example(one, should=True, does=rule.id in engine.rules_hit(one)) for one in rule.hit]
    found += [Example(one, should=False, does=rule.id in engine.rules_hit(one)) for one in rule.miss]
    return Checked(examples=tuple(found), rule=rule)


def tell(error: RuleError) -> str:
    """The reason as a sentence of its own."""
    words = str(error).removeprefix("The rule, ").removeprefix("line ")
    bare = words.partition("]: ")[2] or (words.partition(": ")[2] if words[:1].isdigit() else words)
    return f"{bare[:1].upper()}{bare[1:]}."


def draft_engine(draft: Draft) -> Engine:
    """The engine of a draft as it stands now. RuleError when it cannot be used."""
    latest = Change.objects.filter(draft=draft).order_by("-id").values_list("pk", flat=True).first()
    return _draft_engine(draft.pk, latest or 0)


@lru_cache(maxsize=3)
def _draft_engine(draft_id: int, _latest: int) -> Engine:
    return Engine(load_draft(Draft.objects.select_related("parent").get(pk=draft_id)))


def bands_of(pack: Pack) -> str:
    """The pack's thresholds as lines."""
    return write_bands(pack.bands)
