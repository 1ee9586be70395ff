"""Reads the plain files that rules are written in. docs/triage.md says how to write them."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from triage.rules.model import Rule, RuleError
from triage.verdict import Level

_MANY = frozenset({"say", "hit", "miss"})
_LISTED = frozenset({"needs", "unless", "spared", "tags", "means"})
_ONE = frozenset({"owner", "category", "language", "pattern", "scope", "why"})
_DEFAULTS = frozenset({"owner", "category", "language", "tags", "means", "firm"})
_FIELDS = frozenset(field.name for field in fields(Rule))
_MEANS = frozenset({"idle", "request", "resolved"})
_SCOPES = frozenset({"sentence", "message"})


def parse_rules(text: str, source: str) -> list[Rule]:
    """The rules in `text`; RuleError names the file, the line and what is wrong with it."""
    defaults: dict[str, Any] = {}
    drafts: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("//"):
            continue
        try:
            if stripped.startswith("["):
                drafts.append({**defaults, **_heading(stripped)})
            else:
                _take(drafts[-1] if drafts else defaults, stripped, in_rule=bool(drafts))
        except RuleError as error:
            raise RuleError(f"{source}, line {number}: {error}") from None
    return [_finish(draft, source) for draft in drafts]


def parse_lists(path: Path) -> dict[str, tuple[str, ...]]:
    """Lines `name: word, word, several words`; a name may come again and adds to its list."""
    lists: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, colon, items = line.partition(":")
        if colon and not line.startswith("//"):
            lists.setdefault(name.strip(), []).extend(i.strip() for i in items.split(",") if i.strip())
    return {name: tuple(items) for name, items in lists.items()}


def _heading(line: str) -> dict[str, Any]:
    name, bracket, title = line[1:].partition("]")
    if not bracket or not name.strip() or not title.strip():
        raise RuleError("a rule begins with its id in square brackets and then its title")
    return {"id": name.strip(), "title": title.strip()}


def _take(draft: dict[str, Any], line: str, *, in_rule: bool) -> None:
    key, colon, value = line.partition(":")
    key, value = key.strip(), value.strip()
    if not colon or key not in _FIELDS or (not in_rule and key not in _DEFAULTS):
        raise RuleError(f"{key!r} is not something a rule can say here")
    if key in _MANY:
        draft[key] = (*draft.get(key, ()), value)
    elif key in _ONE:
        draft[key] = value
    elif key in _LISTED:
        items = tuple(item.strip() for item in value.split(",") if item.strip())
        # Tags and meanings of a rule stand instead of its file's; conditions of several lines add up.
        draft[key] = items if key in _DEFAULTS else (*draft.get(key, ()), *items)
    else:
        draft[key] = _typed(key, value)


def _typed(key: str, value: str) -> Any:
    try:
        if key == "floor":
            return Level.of(value)
        if key == "firm":
            return {"yes": True, "no": False}[value]
        return int(value) if key == "least" else float(value)
    except (ValueError, KeyError):
        raise RuleError(f"{value!r} cannot be the {key} of a rule") from None


def _finish(draft: dict[str, Any], source: str) -> Rule:
    where = f"{source}, [{draft['id']}]"
    if "category" not in draft:
        raise RuleError(f"{where}: it has no category")
    rule = Rule(**draft)
    if bool(rule.say) == bool(rule.pattern):
        raise RuleError(f"{where}: it needs phrases or a pattern, and not both")
    if rule.weight * 4 != int(rule.weight * 4):
        raise RuleError(f"{where}: its weight must be in quarter points")
    if not _MEANS.issuperset(rule.means):
        raise RuleError(f"{where}: it can mean only {', '.join(sorted(_MEANS))}")
    if rule.scope not in _SCOPES:
        raise RuleError(f"{where}: its scope must be sentence or message")
    if len(rule.pattern) > 500:
        raise RuleError(f"{where}: its pattern is longer than 500 characters")
    return rule
