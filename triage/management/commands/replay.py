"""`manage.py replay FILE`: what the rules say of messages that people have judged."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from triage.engine import Engine
from triage.labelled import read_labelled
from triage.live import engine
from triage.replay import Replay, replay
from triage.rules.load import load
from triage.rules.model import RuleError
from triage.verdict import Level


class Command(BaseCommand):
    help = 'Judges a file of labelled messages ("text" and "level" or "urgent") and prints the figures.'
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # The framework's own --version would print its own.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--pack", type=Path, help="a folder of rules other than the live ones")
        parser.add_argument("--version", help="a published version's number, or the word live")
        parser.add_argument("--rules", type=int, default=40, help="how many rules to list")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            judge = _choose(options["pack"], options["version"])
            with options["file"].open(encoding="utf-8") as lines:
                result = replay(read_labelled(lines), judge)
        except (OSError, ValueError, RuleError) as error:
            raise CommandError(str(error)) from None
        if not result.rows:
            raise CommandError("The file holds no messages.")
        self.stdout.write(f"rules {judge.version}, {len(result.rows)} messages")
        self._figures(result)
        self._levels(result)
        self._rules(result, options["rules"])

    def _figures(self, result: Replay) -> None:
        for name, figure in result.figures().items():
            self.stdout.write(f"{name:32} {figure:6.3f}")

    def _levels(self, result: Replay) -> None:
        table = result.by_level()
        if not table:
            return
        words = [level.word for level in sorted(Level, reverse=True)]
        self.stdout.write("\npeople said, rules say " + "".join(f"{word:>10}" for word in words))
        for said in words:
            self.stdout.write(f"{said:23}" + "".join(f"{table.get((said, word), 0):10}" for word in words))

    def _rules(self, result: Replay, number: int) -> None:
        self.stdout.write(f"\n{'rule':34}{'hits':>7}{'urgent':>8}")
        for name, hits, share in result.by_rule()[:number]:
            self.stdout.write(f"{name:34}{hits:7}{share:8.2f}")


def _choose(pack: Path | None, version: str | None) -> Engine:
    """The engine asked for: a folder's, a published version's, else that of the shipped rules."""
    if pack:
        return Engine(load(pack))
    if not version:
        return engine()
    from triage.models import Version  # asks the database, which the shipped rules have no need of
    from triage.queries.editions import find_live, load_engine

    number = int(version) if version.isdecimal() else 0
    found = find_live() if version == "live" else Version.objects.filter(number=number).first()
    if found is None:
        raise CommandError(f"There is no version {version}.")
    return load_engine(found)
