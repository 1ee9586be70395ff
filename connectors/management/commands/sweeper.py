"""Watch the work queue, and do its work more slowly while it stands still; runs until it is told to end."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from connectors.sweeper import Sweeper


class Command(BaseCommand):
    """The sweeper's process."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT; what is under way is finished first."""
        sweeper = Sweeper()

        def end(*_: Any) -> None:
            sweeper.is_over = True

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        sweeper.run()
