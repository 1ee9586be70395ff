"""`manage.py replay FILE`: what the rules say of messages that people have judged."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

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

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--pack", type=Path, help="a folder of rules other than the live ones")
        parser.add_argument("--rules", type=int, default=40, help="how many rules to list")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            judge = Engine(load(options["pack"])) if options["pack"] else engine()
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
