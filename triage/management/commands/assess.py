"""`manage.py assess`: JSON lines in, verdicts out, in the same order and at once."""

import json
import sys
from collections.abc import Iterable
from functools import cache
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from triage.engine import Engine
from triage.facts import Facts
from triage.live import engine
from triage.verdict import Reason

# One encoder for the whole run: making one a line costs more than the rules do.
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Command(BaseCommand):
    help = (
        'Reads {"id", "text", "thread"?, "channel"?} a line from standard input, writes one verdict a line.'
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        source = sys.stdin
        if hasattr(source, "reconfigure"):
            source.reconfigure(encoding="utf-8", errors="surrogatepass")
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        bad = assess_lines(source, sys.stdout, engine())
        if bad:
            raise CommandError(
                f"{bad} lines could not be read; their errors stand in their places.", returncode=1
            )


def assess_lines(source: Iterable[str], sink: TextIO, judge: Engine) -> int:
    """Judges every line; returns how many could not be read. Empty lines are passed over."""
    bad = 0
    for line in source:
        if not line.strip():
            continue
        answer, read = _answer(line, judge)
        bad += not read
        sink.write(answer + "\n")
    sink.flush()
    return bad


def _answer(line: str, judge: Engine) -> tuple[str, bool]:
    """The line to write, and whether the line was read."""
    identity: Any = None
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            return _encode({"id": None, "error": "the line is not a JSON object"}), False
        identity = row.get("id")
        return _verdict(_encode(identity), _facts(row), judge), True
    except RecursionError:
        return _encode({"id": None, "error": "the line is nested too deeply"}), False
    except ValueError as error:
        return _encode({"id": identity, "error": str(error)}), False


def _facts(row: dict[str, Any]) -> Facts:
    text, thread, channel = row.get("text"), row.get("thread") or [], row.get("channel") or ""
    if not isinstance(text, str):
        raise ValueError("the line has no text")
    if not isinstance(thread, list) or not all(isinstance(earlier, str) for earlier in thread):
        raise ValueError("its thread is not a list of texts")
    if not isinstance(channel, str):
        raise ValueError("its channel is not a word")
    return Facts(text=text, thread=tuple(thread), channel=channel, private=channel.endswith("private"))


def _verdict(identity: str, facts: Facts, judge: Engine) -> str:
    verdict = judge.assess(facts)
    reasons = ", ".join([_reason(reason) for reason in verdict.reasons])
    incomplete = ', "incomplete": true' if verdict.incomplete else ""
    return (
        f'{{"id": {identity}, "level": "{verdict.level.word}", "score": {verdict.score!r}, '
        f'"reasons": [{reasons}]{incomplete}}}'
    )


def _reason(reason: Reason) -> str:
    span = "null" if reason.span is None else f"[{reason.span[0]}, {reason.span[1]}]"
    return f'{{"rule": {_name(reason.rule)}, "weight": {reason.weight!r}, "span": {span}}}'


@cache
def _name(rule: str) -> str:
    return _encode(rule)
