"""A bad rule is refused with a sentence that says which and why."""

import re
from collections.abc import Callable

import pytest

from triage.engine import Engine
from triage.rules.model import RuleError

EngineFrom = Callable[[str], Engine]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ("[one] One\nsay: a\nweight: 0.3\n", "quarter points"),
        ("[one] One\nweight: 1\n", "needs phrases or a pattern"),
        ("[one] One\nsay: a\npattern: b\n", "needs phrases or a pattern"),
        ("[one] One\nsay: <nothing> here\n", "no list called <nothing>"),
        ("[one] One\nsay: .. here\n", "begins with a gap"),
        ("[one] One\nsay: here ..\n", "ends with a gap"),
        ("[one] One\nsay: (the) door\n", "makes no difference"),
        ("[one] One\nsay: a\nfloor: high\n", "cannot be the floor"),
        ("[one] One\nsay: a\ncolour: red\n", "'colour' is not something"),
        ("[one] One\npattern: (\n", "cannot be used"),
        ("[one] One\npattern: (?=a)b\n", "cannot be used"),
        (f"[one] One\npattern: {'a' * 501}\n", "longer than 500"),
        ("[one] One\nsay: a\n[one] Two\nsay: b\n", "two rules are called one"),
        ("[one]\nsay: a\n", "begins with its id"),
    ],
)
def test_a_bad_rule_is_refused_with_the_reason(engine_from: EngineFrom, rules: str, sentence: str) -> None:
    with pytest.raises(RuleError, match=re.escape(sentence)):
        engine_from(rules)


def test_a_rule_can_need_forbid_and_spare(engine_from: EngineFrom) -> None:
    engine = engine_from(
        "[gun] A gun\nweight: 3\nsay: gun\nneeds: now, help\nunless: toy\nspared: speed gun\n"
    )
    assert engine.rules_hit("gun. help") == {"gun"}
    assert engine.rules_hit("gun") == set()
    assert engine.rules_hit("toy gun now") == set()
    assert engine.rules_hit("a speed gun now") == set()
    assert engine.rules_hit("a speed gun. he has a gun now") == {"gun"}


def test_a_rule_can_ask_for_several_places(engine_from: EngineFrom) -> None:
    engine = engine_from("[he] He\nweight: 1\nleast: 2\nsay: he\n")
    assert engine.rules_hit("he is") == set()
    assert engine.rules_hit("he is where he was") == {"he"}
