"""What the workbench's pages show: texts with what the rules speak on, rules by category with their hits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from triage.history import Hits
from triage.models import Change
from triage.rules.model import Pack, Rule
from triage.verdict import Reason, Verdict

MARKS = {"critical": "▲ ", "urgent": "◆ "}


@dataclass(frozen=True)
class Piece:
    """A stretch of the tried text; `why` is the reason's title where a rule speaks on it."""

    text: str
    why: str = ""


@dataclass(frozen=True)
class Judged:
    """One verdict on a tried text, under the name of the rules that gave it."""

    name: str
    level: str
    mark: str
    score: float
    incomplete: bool
    pieces: list[Piece]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Row:
    """One rule on the list: what it did lately, and what the open draft makes of it."""

    rule: Rule
    hits: int = 0
    kept: str = ""
    alone: int = 0
    edited: str = ""


@dataclass(frozen=True)
class Category:
    """The rules of one category, heaviest first."""

    name: str
    rows: list[Row]
    hits: int


def cut_text(text: str, verdict: Verdict) -> list[Piece]:
    """Return the text in pieces, so that what the rules speak on can be underlined."""
    spans = sorted({reason.span: reason.title for reason in verdict.reasons if reason.span}.items())
    pieces, position = [], 0
    for (start, end), title in spans:
        if start < position:
            continue
        pieces += [Piece(text[position:start]), Piece(text[start:end], title)]
        position = end
    return [piece for piece in [*pieces, Piece(text[position:])] if piece.text]


def present(name: str, text: str, verdict: Verdict) -> Judged:
    """Return a verdict as shown."""
    word = verdict.level.word
    return Judged(
        name=name,
        level=word,
        mark=MARKS.get(word, ""),
        score=verdict.score,
        incomplete=verdict.incomplete,
        pieces=cut_text(text, verdict),
        reasons=verdict.reasons,
    )


def group_rules(
    pack: Pack, words: str, hits: Mapping[str, Hits], changes: Mapping[str, Change]
) -> list[Category]:
    """Return the rules by category; with `words`, only those in which all of them occur."""
    wanted = words.casefold().split()
    found = [rule for rule in pack.rules if all(word in describe(rule) for word in wanted)]
    ordered = sorted(found, key=lambda rule: (rule.category, -rule.weight, rule.id))
    groups = groupby((_row(rule, hits, changes) for rule in ordered), key=lambda row: row.rule.category)
    return [_category(name, rows) for name, rows in groups]


def describe(rule: Rule) -> str:
    """Return everything that is searched in a rule."""
    return " ".join([rule.id, rule.title, rule.category, *rule.say, *rule.tags, rule.language]).casefold()


def _row(rule: Rule, hits: Mapping[str, Hits], changes: Mapping[str, Change]) -> Row:
    found = hits.get(rule.id, Hits(0, 0, 0, 0))
    change = changes.get(rule.id)
    return Row(
        rule=rule,
        hits=found.hits,
        kept=f"{found.kept / found.decided:.0%}" if found.decided else "",
        alone=found.alone,
        edited=change.author.name if change else "",
    )


def _category(name: str, rows: Iterable[Row]) -> Category:
    listed = list(rows)
    return Category(name, listed, sum(row.hits for row in listed))
