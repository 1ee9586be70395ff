"""Listen to the accounts whose server tells at once of news, so that it is collected within a second."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from connectors.listening import Listener


class Command(BaseCommand):
    """Run until told to end."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen until a signal asks for the end."""
        ended = threading.Event()
        for ask in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ask, lambda *_: ended.set())
        Listener().run(ended.wait)
