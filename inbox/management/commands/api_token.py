"""Print a token with which a script speaks to the API as a member of staff."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from rest_framework.authtoken.models import Token

from audit.services import record
from staff.models import Member


class Command(BaseCommand):
    """Print the member's token; with --renew a new one, and the old one opens nothing any more."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the sign-in name."""
        parser.add_argument("user", help="the sign-in name")
        parser.add_argument("--renew", action="store_true", help="make a new token and end the old one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print nothing but the token, so that a script can take it as it is."""
        member = Member.objects.filter(username=options["user"].lower(), is_active=True).first()
        if member is None:
            raise CommandError(f"Nobody with access has the sign-in name {options['user']}.")
        with transaction.atomic():
            if options["renew"]:
                Token.objects.filter(user=member).delete()
            token, is_new = Token.objects.get_or_create(user=member)
            if is_new:
                record(actor=None, verb="staff.token_made", subject=member)
        self.stdout.write(token.key)
