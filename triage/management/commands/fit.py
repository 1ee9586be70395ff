"""`manage.py fit FILE --out PACK`: weights that labelled messages suggest, for a person to accept."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from triage.fit import Strength
from triage.labelled import Labelled, weighed
from triage.propose import propose, write
from triage.rules.load import SHIPPED, load
from triage.rules.model import RuleError
from triage.words import Wanted

_LIGHT_HELP = "files from elsewhere: all of one together counts as fifty messages"

_WORDS_HELP = "learn the words that go with danger or the everyday anew, at most so many"


class Command(BaseCommand):
    help = "Fits the weights of the rules to labelled messages and writes them as a new folder of rules."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", type=Path, nargs="*")
        parser.add_argument("--desk", action="store_true", help="also learn from what the desk's people said")
        parser.add_argument("--out", type=Path, required=True, help="a folder that does not exist yet")
        parser.add_argument("--pack", type=Path, default=SHIPPED, help="the rules to begin with")
        parser.add_argument("--light", type=Path, nargs="*", default=[], help=_LIGHT_HELP)
        parser.add_argument("--words", type=int, default=0, help=_WORDS_HELP)
        parser.add_argument("--refit", action="store_true", help="with --words: fit written weights too")
        parser.add_argument("--ridge", type=float, default=Strength().ridge)
        parser.add_argument("--sparse", type=float, default=Strength().sparse)
        parser.add_argument("--keep", type=float, default=Strength().keep)

    def handle(self, *_args: Any, **options: Any) -> None:
        strength = Strength(options["ridge"], options["sparse"], options["keep"])
        wanted = Wanted(most=options["words"], refit=options["refit"]) if options["words"] else None
        try:
            pack = load(options["pack"])
            rows, counts = weighed(options["files"], options["light"])
            if options["desk"]:
                rows, counts = _with_the_desk(rows, counts)
            if not rows:
                raise CommandError("There is nothing to learn from: name a file, or say --desk.")
            proposal = propose(pack, rows, counts, strength, wanted)
            proposed = write(options["pack"], options["out"], proposal)
        except (OSError, ValueError, RuleError) as error:
            raise CommandError(str(error)) from None
        for word in proposal.words or ():
            self.stdout.write(f"{', '.join(word.ways):60}{word.weight:6.2f} {word.urgent:4}/{word.met}")
        before = {rule.id: rule.weight for rule in pack.rules}
        for name, weight in sorted(proposal.weights.items()):
            if weight != before[name]:
                self.stdout.write(f"{name:34}{before[name]:8.2f} -> {weight:6.2f}")
        self.stdout.write(f"base {pack.bands.base:g} -> {proposal.base:g}; {len(rows)} messages")
        self.stdout.write(f"written to {options['out']} as version {proposed.version}")


def _with_the_desk(rows: list[Labelled], counts: list[float]) -> tuple[list[Labelled], list[float]]:
    from triage.queries.labels import learn_from  # asks the database, which a fit on files has no need of

    said, weights = learn_from()
    return [*rows, *said], [*counts, *weights]
