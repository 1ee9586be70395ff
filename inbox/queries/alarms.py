"""Which critical conversations ring: nobody holds them and nobody has said that they heard."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from inbox.enums import ConversationState, Urgency
from inbox.models import Conversation

AT_MOST = 20


@dataclass(frozen=True)
class Alarm:
    """One that rings, and since when."""

    id: int
    since: datetime


def ringing() -> QuerySet[Conversation]:
    """Return the conversations that ring; a message newer than the last hearing rings again."""
    unheard = Q(alarm_heard_at=None) | Q(alarm_heard_at__lt=F("last_message_at"))
    return Conversation.objects.filter(
        unheard, state=ConversationState.OPEN, band__lte=1, urgency=Urgency.CRITICAL, holder=None
    )


def list_alarms() -> list[Alarm]:
    """Return what rings, longest waiting first, at most AT_MOST."""
    rows = ringing().order_by("band", "waiting_since", "id").values_list("id", "last_message_at")
    return [Alarm(id=number, since=since) for number, since in rows[:AT_MOST]]
