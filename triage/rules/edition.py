"""A pack with changes laid over it: what a desk's own version of the rules is made of."""

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from triage.rules.load import ENGINE, SHIPPED, load
from triage.rules.model import Bands, Pack, Rule, RuleError
from triage.rules.write import read_rule

# Not a rule but the thresholds: "base: 1.5" and so on, a line each.
BANDS = "@bands"
# Rule id to its new text; None takes the rule away.
Changes = Mapping[str, str | None]


def read_files(folder: Path = SHIPPED) -> dict[str, str]:
    """The pack in `folder` as texts by path, for keeping."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in {".rules", ".words"})
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def load_files(files: Mapping[str, str]) -> Pack:
    """The pack that was kept as `files`; RuleError when this engine cannot read it any more."""
    with tempfile.TemporaryDirectory(prefix="rules-") as name:
        folder = Path(name)
        for path, text in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="")
        return load(folder)


def lay_over(base: Pack, changes: Changes) -> Pack:
    """The pack with the changes; new rules stand last. RuleError when one cannot be used as written."""
    if not changes:
        return base
    fresh: dict[str, Rule | None] = {}
    for name, text in changes.items():
        if name != BANDS:
            fresh[name] = None if text is None else _named(name, text)
    known = {rule.id for rule in base.rules}
    kept = (fresh.get(rule.id, rule) for rule in base.rules)
    added = (rule for name, rule in fresh.items() if name not in known)
    return replace(
        base,
        rules=tuple(rule for rule in (*kept, *added) if rule is not None),
        bands=read_bands(changes[BANDS]) if changes.get(BANDS) else base.bands,
        version=name_edition(base.version, changes),
    )


def name_edition(base: str, changes: Changes) -> str:
    """The name of the content: the same base and changes have the same one, everywhere and for ever."""
    if not changes:
        return base
    said = json.dumps([base, sorted(changes.items())], ensure_ascii=False).encode("utf-8", "surrogatepass")
    return f"{ENGINE}-{hashlib.sha256(said).hexdigest()[:12]}"


def write_bands(bands: Bands) -> str:
    """The thresholds as lines."""
    return "".join(f"{one.name}: {getattr(bands, one.name):g}\n" for one in fields(Bands))


def read_bands(text: str | None) -> Bands:
    """The thresholds from their lines; RuleError when they are not numbers in their order."""
    lines = (line.partition(":") for line in (text or "").splitlines() if line.strip())
    try:
        bands = Bands(**{name.strip(): float(value) for name, _, value in lines})
    except (TypeError, ValueError):
        raise RuleError("the thresholds must be numbers: base, idle, urgent and critical") from None
    if any(getattr(bands, one.name) * 4 % 1 for one in fields(Bands)):
        raise RuleError("the thresholds must be in quarter points")
    if not bands.idle <= bands.urgent < bands.critical or bands.base >= bands.urgent:
        raise RuleError("the thresholds must rise: where a message starts, urgent, critical")
    return bands


def _named(name: str, text: str) -> Rule:
    rule = read_rule(text)
    if rule.id != name:
        raise RuleError(f"the rule is called {rule.id}, and it was {name}")
    return rule
