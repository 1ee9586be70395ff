"""After a restore from a backup: send nothing that may have gone out already."""

from typing import Any

from django.core.management.base import BaseCommand

from inbox.services.outbox import hold_everything_in_flight


class Command(BaseCommand):
    """Turn every reply on its way into one of unknown fate, before the desk is started again."""

    help = (
        "After a restore: holds every reply on its way. The desk looks for each; people decide on the rest."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Hold, and say how many."""
        count = hold_everything_in_flight()
        self.stdout.write(
            f"{count} replies held. None of them is sent by itself; the desk looks whether they are there."
        )
