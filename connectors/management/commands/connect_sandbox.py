"""Connect an account of each enabled channel to the sandbox; running it twice changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from connectors.demo import Demo, find_demo
from connectors.models import Account
from connectors.services import add_account
from inbox.errors import InboxError


class Command(BaseCommand):
    """Make what is missing."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse without a sandbox; add an account for each channel that has none yet."""
        if not settings.SANDBOX_URL:
            raise CommandError("SANDBOX_URL is not set, so there is no sandbox. Nothing was changed.")
        for channel in settings.CHANNELS:
            demo = find_demo(channel)
            if demo and not Account.objects.filter(channel=channel).exists():
                self.connect(channel, demo)

    def connect(self, channel: str, demo: Demo) -> None:
        """Add one account, or stop with the reason."""
        try:
            add_account(actor=None, channel=channel, name=demo.name, values=demo.values)
        except InboxError as error:
            raise CommandError(f"{demo.name}: {error.sentence}") from error
        self.stdout.write(f"{demo.name} is connected.")
