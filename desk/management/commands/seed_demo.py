"""Seat the demo's staff and teams and connect its accounts to the sandbox; running it twice does no harm."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from desk.local.demo import PASSWORD
from inbox.models import Team
from staff.models import Member, Role

STAFF: tuple[tuple[str, str, Role, list[str]], ...] = (
    ("operator", "Amrit Kaur", Role.OPERATOR, ["crime reports", "Punjabi"]),
    ("operator2", "Mina Ito", Role.OPERATOR, ["roads"]),
    ("supervisor", "Tom Bell", Role.SUPERVISOR, ["crime reports", "vulnerability"]),
    ("admin", "Ros Hale", Role.ADMIN, []),
    ("auditor", "Len Moss", Role.AUDITOR, []),
)
TEAMS = (
    ("Control room", False, "control.room@northshire.example"),
    ("Safeguarding hub", False, "safeguarding@northshire.example"),
    ("Ambulance service", True, "liaison@ambulance.example"),
    ("Highways", True, "incidents@highways.example"),
)


class Command(BaseCommand):
    """Fill the demo with people."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside the demo; else make what is missing."""
        if settings.DESK_MODE == "production":
            raise CommandError("Demo sign-ins exist in the demo only. Nothing was changed.")
        for username, name, role, skills in STAFF:
            if not Member.objects.filter(username=username).exists():
                member = Member.objects.create_user(username, PASSWORD, name=name, role=role)
                member.skills, member.is_demo = skills, True
                member.email = f"{username}@northshire.example"
                member.save(update_fields=["skills", "is_demo", "email"])
        for name, outside, email in TEAMS:
            Team.objects.get_or_create(name=name, defaults={"is_outside": outside, "email": email})
        call_command("connect_sandbox")
