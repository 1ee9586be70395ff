"""Reads a folder of packs into one `Pack` whose version is a fingerprint of what it says."""

import hashlib
from dataclasses import replace
from pathlib import Path

from triage.rules.model import Bands, Pack, Rule, RuleError
from triage.rules.parse import parse_lists, parse_rules

SHIPPED = Path(__file__).resolve().parent.parent / "packs"
# Raised by hand when the engine itself would judge the same rules differently.
ENGINE = "3"


def load(folder: Path = SHIPPED) -> Pack:
    """The pack in `folder`: every `*.rules` below it with its word lists. RuleError on a bad file."""
    if not (folder / "bands.words").is_file():
        raise RuleError(f"{folder} holds no pack: its bands.words is missing")
    rules = _rules(folder)
    return Pack(
        rules=rules,
        lists=_lists(folder),
        spellings=_spellings(folder),
        languages={n: frozenset(w) for n, w in parse_lists(folder / "languages.words").items()},
        bands=Bands(**{n: float(w[0]) for n, w in parse_lists(folder / "bands.words").items()}),
        version=_fingerprint(folder),
    )


def _rules(folder: Path) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    tags = parse_lists(folder / "tags.words") if (folder / "tags.words").is_file() else {}
    seen: set[str] = set()
    for path in sorted(folder.rglob("*.rules")):
        for rule in parse_rules(path.read_text(encoding="utf-8"), path.name):
            if rule.id in seen:
                raise RuleError(f"{path.name}: two rules are called {rule.id}")
            seen.add(rule.id)
            rules.append(rule if rule.tags else replace(rule, tags=tags.get(rule.category, ())))
    return tuple(rules)


def _lists(folder: Path) -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.rglob("lists*.words")):
        for name, items in parse_lists(path).items():
            lists[name] = (*lists.get(name, ()), *items)
    return lists


def _spellings(folder: Path) -> dict[str, str]:
    spellings: dict[str, str] = {}
    for path in sorted(folder.rglob("spellings.words")):
        for right, wrong in parse_lists(path).items():
            spellings.update(dict.fromkeys(wrong, right))
    return spellings


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256(ENGINE.encode())
    for path in sorted(p for p in folder.rglob("*") if p.suffix in {".rules", ".words"}):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{ENGINE}-{digest.hexdigest()[:12]}"
