"""Patterns that stop other engines are refused when a rule is saved, or cost nothing worth naming."""

from dataclasses import replace

import pytest

from bench.rules import invent_patterns
from triage.engine import Engine
from triage.facts import Facts
from triage.rules.load import load
from triage.rules.model import Rule, RuleError

PACK = load()
LONG = Facts(text="aab ab " * 150_000)


def with_pattern(pattern: str) -> Engine:
    rule = Rule(id="hostile.one", title="Hostile", category="test", pattern=pattern, weight=1.0)
    return Engine(replace(PACK, rules=(rule,)))


def test_a_thousand_hostile_patterns_are_refused_in_a_sentence_or_judge_a_million_characters():
    refused = judged = 0
    for pattern in invent_patterns(1_000):
        try:
            engine = with_pattern(pattern)
        except RuleError as error:
            refused += 1
            assert str(error).startswith("[hostile.one]: its pattern cannot be used: ")
            continue
        judged += 1
        verdict = engine.assess(LONG)
        assert sum(reason.weight for reason in verdict.reasons) == verdict.score
    assert refused > 100 and judged > 50


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?=a)", "(a{1000}){1000}", "a{100000}", "(", "[", "a**"])
def test_what_the_engine_cannot_run_in_steady_time_is_refused(pattern):
    with pytest.raises(RuleError, match="cannot be used"):
        with_pattern(pattern)


def test_nested_repetition_judges_a_million_characters():
    reasons = with_pattern("(a+)+x$").assess(LONG).reasons
    assert "hostile.one" not in {reason.rule for reason in reasons}
