"""Prove the trail whole, or say where it breaks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.chain import verify


class Command(BaseCommand):
    """Walk the chain from its first entry; the exit status is 1 when it is broken."""

    help = "Walks the trail's hash chain and says whether it is whole."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print "N entries, whole.", or stop with the first break."""
        finding = verify()
        if not finding.whole:
            raise CommandError(f"The trail is broken after {finding.entries} good entries. {finding.problem}")
        self.stdout.write(f"{finding.entries} entries, whole.")
