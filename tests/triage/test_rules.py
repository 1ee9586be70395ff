"""Every shipped rule does what its own examples say."""

import pytest

from triage.live import engine, pack
from triage.rules.model import Rule
from triage.words import CATEGORY

RULES = pack().rules


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_speaks_on_its_examples_and_on_nothing_it_must_not(rule: Rule) -> None:
    assert rule.hit and rule.miss, "every rule shows what it must and must not hit"
    for text in rule.hit:
        assert rule.id in engine().rules_hit(text), f"must hit: {text}"
    for text in rule.miss:
        assert rule.id not in engine().rules_hit(text), f"must not hit: {text}"


def test_there_are_enough_rules_and_each_has_an_owner_and_a_title() -> None:
    written = [rule for rule in RULES if rule.language in {"en", "any"} and rule.category != CATEGORY]
    assert len(written) >= 320
    assert all(rule.owner and rule.title and rule.category for rule in RULES)
