"""Add a member of staff and print the password that is shown once; how the first admin comes in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from staff.models import Role
from staff.services import NewMember, StaffError, add_member


class Command(BaseCommand):
    """Add a member."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Sign-in name, role and the name as shown."""
        parser.add_argument("username")
        parser.add_argument("--role", choices=Role.values, default=Role.OPERATOR)
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add and print."""
        name = options["name"] or options["username"]
        try:
            new = NewMember(options["username"], name, options["role"])
            member, password = add_member(actor=None, new=new)
        except StaffError as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(
            f"{member.username} is now {member.get_role_display().lower()}. Password: {password}"
        )
