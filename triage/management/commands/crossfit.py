"""`manage.py crossfit FILE…`: what fitted weights and words do on messages they were not fitted to."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from triage.crossfit import Study, cross_fit
from triage.fit import Strength
from triage.labelled import read_files, weighed
from triage.replay import Replay, at_starts
from triage.rules.load import SHIPPED, load
from triage.rules.model import RuleError
from triage.words import Wanted


class Command(BaseCommand):
    help = "Fits to four fifths of the files and judges the other fifth, five times; prints the figures."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", type=Path, nargs="+")
        parser.add_argument("--more", type=Path, nargs="*", default=[], help="files always learned from")
        parser.add_argument("--light", type=Path, nargs="*", default=[], help="the same, each as fifty")
        parser.add_argument("--words", type=int, default=0, help="learn at most so many words as well")
        parser.add_argument("--pack", type=Path, default=SHIPPED)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            pack = load(options["pack"])
            judged = read_files(options["files"])
            rows, counts = weighed(options["more"], options["light"])
        except (OSError, ValueError, RuleError) as error:
            raise CommandError(str(error)) from None
        wanted = Wanted(most=options["words"]) if options["words"] else None
        whole = cross_fit(pack, judged, Study(rows, counts), Strength(), wanted=wanted)
        self._figures(f"all {len(judged)}", whole)
        for source in dict.fromkeys(row.source for row in judged):
            chosen = [i for i, row in enumerate(judged) if row.source == source]
            if len(chosen) < len(judged):
                part = Replay(tuple(judged[i] for i in chosen), tuple(whole.verdicts[i] for i in chosen))
                self._figures(f"{source}, {len(chosen)}", part)
        self._starts(whole, pack.bands.urgent)

    def _figures(self, name: str, result: Replay) -> None:
        self.stdout.write(f"{name}")
        for title, figure in result.figures().items():
            self.stdout.write(f"  {title:32} {figure:6.3f}")

    def _starts(self, result: Replay, urgent: float) -> None:
        self.stdout.write("urgent from   recall precision look-alikes")
        for start, recall, precision, alarms in at_starts(result, urgent):
            self.stdout.write(f"{start:11.2f}{recall:9.3f}{precision:10.3f}{alarms:12.3f}")
