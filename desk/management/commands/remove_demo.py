"""End the demo sign-ins' access, so that a demo's database can be used in earnest."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from audit.services import record
from staff.models import Member


class Command(BaseCommand):
    """Take the demo sign-ins away; what they did stays in the trail."""

    help = __doc__
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Make every demo sign-in unusable."""
        with transaction.atomic():
            members = list(Member.objects.select_for_update().filter(is_demo=True, is_active=True))
            for member in members:
                member.is_active = False
                member.set_unusable_password()
                member.save(update_fields=["is_active", "password"])
                record(actor=None, verb="ended a demo sign-in", subject=member)
        self.stdout.write(f"{len(members)} demo sign-ins ended.")
