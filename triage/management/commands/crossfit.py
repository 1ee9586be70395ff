"""`manage.py crossfit FILE`: what fitted weights do on messages that they were not fitted to."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from triage.crossfit import Study, cross_fit
from triage.fit import Strength
from triage.labelled import read_files, weighed
from triage.measures import Curve, count
from triage.rules.load import SHIPPED, load
from triage.rules.model import RuleError


class Command(BaseCommand):
    help = "Fits to four fifths of FILE and judges the other fifth, five times, and prints the figures."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--more", type=Path, nargs="*", default=[], help="files always learned from")
        parser.add_argument("--light", type=Path, nargs="*", default=[], help="the same, each as fifty")
        parser.add_argument("--pack", type=Path, default=SHIPPED)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            pack = load(options["pack"])
            judged = read_files([options["file"]])
            rows, counts = weighed(options["more"], options["light"])
        except (OSError, ValueError, RuleError) as error:
            raise CommandError(str(error)) from None
        scores = cross_fit(pack, judged, Study(rows, counts), Strength())
        urgent = [row.urgent for row in judged]
        curve = Curve.of(scores, urgent)
        flagged = [score >= pack.bands.urgent for score in scores]
        counted = count(flagged, urgent)
        hard = [flag for flag, row in zip(flagged, judged, strict=True) if row.hard and not row.urgent]
        figures = {
            "PR-AUC": curve.area(),
            "recall at precision .80": curve.recall_at(0.8),
            "recall": counted.recall(),
            "precision": counted.precision(),
            "alarms on hard look-alikes": sum(hard) / max(1, len(hard)),
        }
        for name, figure in figures.items():
            self.stdout.write(f"{name:32} {figure:6.3f}")
