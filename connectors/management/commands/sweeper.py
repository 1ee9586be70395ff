"""Watch the work queue, and do its work more slowly while it stands still; runs until it is told to end.

`--listen` does the work of `manage.py listen` beside it, in the same process, where memory is short.
"""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from connectors.listening import Listener
from connectors.sweeper import Sweeper


class Command(BaseCommand):
    """The sweeper's process."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --listen."""
        parser.add_argument("--listen", action="store_true", help="listen to mail servers too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT; what is under way is finished first."""
        sweeper, ended = Sweeper(), threading.Event()

        def end(*_: Any) -> None:
            sweeper.is_over = True
            ended.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        if options["listen"]:
            threading.Thread(target=Listener().run, args=(ended.wait,), name="listener", daemon=True).start()
        sweeper.run()
