"""Keep the demo's sign-ins, whose password everyone knows, out of production."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from staff.models import Member

SENTENCE = (
    "This database holds demo sign-ins, whose password is public. "
    "Remove them with `python manage.py remove_demo`, or start with an empty database."
)


def has_demo_members() -> bool:
    """Say whether a demo sign-in could be used; a database without tables has none."""
    try:
        return Member.objects.filter(is_demo=True, is_active=True).exists()
    except DatabaseError:
        return False


def refuse_demo_members() -> None:
    """Raise ImproperlyConfigured in production while there are demo sign-ins."""
    if settings.PRODUCTION and has_demo_members():
        raise ImproperlyConfigured(SENTENCE)


@register(Tags.database)
def check_demo_members(
    app_configs: Any = None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """Report demo sign-ins in production to `manage.py check --database default` and `migrate`."""
    if databases and settings.PRODUCTION and has_demo_members():
        return [Error(SENTENCE, id="desk.E001")]
    return []
