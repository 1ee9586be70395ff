"""Who is at the desk right now."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from audit.services import record
from staff.models import Member, Presence, Role

HERE_SECONDS = 150
BEAT_SECONDS = 30


@transaction.atomic
def set_presence(*, actor: Member, presence: Presence) -> None:
    """Say where the member is; the trail keeps it."""
    Member.objects.filter(pk=actor.pk).update(presence=presence, last_seen_at=Now())
    actor.presence = presence
    record(actor=actor, verb="set presence", subject=actor, presence=presence.value)


def heartbeat(*, actor: Member) -> None:
    """Note that the member's page is open; at most one write in BEAT_SECONDS however many pages are."""
    lately = timezone.now() - timedelta(seconds=BEAT_SECONDS)
    Member.objects.filter(pk=actor.pk).exclude(last_seen_at__gt=lately).update(last_seen_at=Now())


def count_on_desk() -> int:
    """Return how many who answer the public are at work: page open lately, and not away."""
    lately = timezone.now() - timedelta(seconds=HERE_SECONDS)
    there = Member.objects.filter(last_seen_at__gte=lately, role__in=[Role.OPERATOR, Role.SUPERVISOR])
    return there.exclude(presence=Presence.AWAY).count()
