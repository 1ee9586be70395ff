"""Writes a rule as the lines in which people read and change it, whole in itself."""

from dataclasses import MISSING, Field, fields
from typing import Any

from triage.rules.model import Rule, RuleError
from triage.rules.parse import parse_rules
from triage.verdict import Level

_MANY = frozenset({"say", "hit", "miss"})
_HEAD = frozenset({"id", "title"})


def write_rule(rule: Rule) -> str:
    """The rule's text, with everything that its file said for it; `read_rule` gives the same rule back."""
    lines = [f"[{rule.id}] {rule.title}"]
    for one in fields(Rule):
        if one.name not in _HEAD:
            lines += _lines(one, getattr(rule, one.name))
    return "\n".join(lines) + "\n"


def read_rule(text: str) -> Rule:
    """The one rule in `text`; RuleError when it is not exactly one, or cannot be used."""
    try:
        rules = parse_rules(text, "The rule")
    except UnicodeError as error:
        raise RuleError("the rule holds a character that cannot be kept") from error
    if len(rules) != 1:
        raise RuleError(f"here stand {len(rules)} rules, and there must be one")
    return rules[0]


def _lines(one: "Field[Any]", value: Any) -> list[str]:
    if value == one.default or (one.default is MISSING and not value):
        return []
    if isinstance(value, tuple):
        return [f"{one.name}: {item}" for item in value] if one.name in _MANY else [_line(one, value)]
    return [_line(one, value)]


def _line(one: "Field[Any]", value: Any) -> str:
    if isinstance(value, tuple):
        return f"{one.name}: {', '.join(value)}"
    if isinstance(value, Level):
        return f"{one.name}: {value.word}"
    if isinstance(value, bool):
        return f"{one.name}: {'yes' if value else 'no'}"
    return f"{one.name}: {value:g}" if isinstance(value, float) else f"{one.name}: {value}"
