"""Connect the demo's X, Facebook and mail accounts to the sandbox; running it twice changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from connectors.models import Account
from connectors.services import add_account
from inbox.errors import InboxError

# The sandbox's own credentials: they open nothing but the pretended world (sandbox/accounts.py).
X = {
    "consumer_key": "sandbox-consumer",
    "consumer_secret": "sandbox-consumer-secret",
    "access_token": "sandbox-access-1",
    "access_token_secret": "sandbox-access-secret-1",
    "plan": "pay",
}
FACEBOOK = {
    "page_token": "sandbox-page-token-1",
    "app_id": "sandbox-app",
    "app_secret": "sandbox-app-secret",
}


def mail_values() -> dict[str, Any]:
    """Return the mailbox's settings at the sandbox's ports."""
    return {
        "address": "desk@northshire.example",
        "from_name": settings.FORCE_NAME,
        "password": "sandbox-mail",
        "imap_host": "127.0.0.1",
        "imap_port": settings.SANDBOX_IMAP_PORT,
        "imap_security": "none",
        "smtp_host": "127.0.0.1",
        "smtp_port": settings.SANDBOX_SMTP_PORT,
        "smtp_security": "none",
        "plus_addresses": "yes",
    }


class Command(BaseCommand):
    """Make what is missing."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse without a sandbox; add an account for each channel that has none yet."""
        if not settings.SANDBOX_URL:
            raise CommandError("SANDBOX_URL is not set, so there is no sandbox. Nothing was changed.")
        plan = (
            ("twitter", "Northshire Police on X", X),
            ("facebook", "Northshire Police on Facebook", FACEBOOK),
            ("email", "Northshire Police by e-mail", mail_values()),
        )
        for channel, name, values in plan:
            if channel in settings.CHANNELS and not Account.objects.filter(channel=channel).exists():
                try:
                    add_account(actor=None, channel=channel, name=name, values=values)
                except InboxError as error:
                    raise CommandError(f"{name}: {error.sentence}") from error
                self.stdout.write(f"{name} is connected.")
