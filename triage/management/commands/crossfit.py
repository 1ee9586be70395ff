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
        parser.add_argument("--refit", action="store_true", help="with --words: fit written weights too")
        parser.add_argument("--calm", type=Path, nargs="*", default=[], help="judged and learned as calm")
        parser.add_argument("--pack", type=Path, default=SHIPPED)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            pack = load(options["pack"])
            judged = read_files([*options["files"], *options["calm"]])
            rows, counts = weighed(options["more"], options["light"])
        except (OSError, ValueError, RuleError) as error:
            raise CommandError(str(error)) from None
        wanted = Wanted(most=options["words"], refit=options["refit"]) if options["words"] else None
        whole = cross_fit(pack, judged, Study(rows, counts), Strength(), wanted=wanted)
        self._figures(f"all {len(judged)}", whole)
        for source in dict.fromkeys(row.source for row in judged):
            chosen = [i for i, row in enumerate(judged) if row.source == source]
            if len(chosen) < len(judged):
                part = Replay(tuple(judged[i] for i in chosen), tuple(whole.verdicts[i] for i in chosen))
                self._figures(f"{source}, {len(chosen)}", part)
        calm = {path.stem for path in options["calm"]}
        self._starts(whole, pack.bands.urgent, calm)

    def _figures(self, name: str, result: Replay) -> None:
        self.stdout.write(f"{name}")
        for title, figure in result.figures().items():
            self.stdout.write(f"  {title:32} {figure:6.3f}")

    def _starts(self, whole: Replay, urgent: float, calm: set[str]) -> None:
        pairs = list(zip(whole.rows, whole.verdicts, strict=True))
        told = [pair for pair in pairs if pair[0].source not in calm]
        others = [verdict.score for row, verdict in pairs if row.source in calm]
        result = Replay(tuple(row for row, _ in told), tuple(verdict for _, verdict in told))
        self.stdout.write("urgent from   recall precision        F2 look-alikes  calm flagged")
        for start, counts, alarms in at_starts(result, urgent):
            flagged = sum(score >= start for score in others) / max(1, len(others))
            self.stdout.write(
                f"{start:11.2f}{counts.recall():9.3f}{counts.precision():10.3f}{counts.f(2):10.3f}"
                f"{alarms:12.3f}{flagged:14.4f}"
            )
