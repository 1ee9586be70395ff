"""Print a new key for CREDENTIAL_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from connectors.secrets import new_key


class Command(BaseCommand):
    """Print a key; put it first in CREDENTIAL_KEYS, keep the old ones behind it, run rotate_secrets."""

    help = __doc__ or ""
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the key and nothing else."""
        self.stdout.write(new_key())
