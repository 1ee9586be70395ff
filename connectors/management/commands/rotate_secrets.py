"""Encrypt every stored credential with the newest key, so that older keys can be taken away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from connectors.models import Account
from connectors.secrets import SecretsUnreadable, is_current, seal, unseal
from inbox.models import Team


class Command(BaseCommand):
    """Rewrite what is under an older key; each row by itself, so that the desk keeps working."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many credentials were rewritten. Fails when one cannot be opened."""
        done = 0
        for model, field in ((Account, "secrets"), (Team, "web_hook_secret")):
            for pk in model._default_manager.order_by("pk").values_list("pk", flat=True):
                done += self.rewrite(model, field, pk)
        self.stdout.write(f"{done} credentials rewritten with the newest key.")

    def rewrite(self, model: Any, field: str, pk: int) -> int:
        """Rewrite one row's credentials when they need it; return how many were."""
        with transaction.atomic():
            row = model._default_manager.select_for_update(of=("self",)).only(field).get(pk=pk)
            sealed = getattr(row, field)
            if is_current(sealed):
                return 0
            try:
                setattr(row, field, seal(unseal(sealed)))
            except SecretsUnreadable as error:
                raise CommandError(f"{model.__name__} {pk}: {error}") from error
            row.save(update_fields=[field])
            return 1
