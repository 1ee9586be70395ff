"""Who is at the desk right now."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from staff.models import Member, Presence, Role

HERE_SECONDS = 150


def find_on_desk() -> QuerySet[Member]:
    """Return those who answer the public and are at work: page open lately, and not away."""
    lately = timezone.now() - timedelta(seconds=HERE_SECONDS)
    there = Member.objects.filter(last_seen_at__gte=lately, role__in=[Role.OPERATOR, Role.SUPERVISOR])
    return there.exclude(presence=Presence.AWAY)
