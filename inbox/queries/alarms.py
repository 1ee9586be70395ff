"""Which conversations ring on whose screen: nobody holds them and nobody has said that they heard."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from inbox.enums import AlarmWay, ConversationState, Urgency
from inbox.models import AlarmCall, AlarmStep, Conversation
from staff.models import Member, Role

AT_MOST = 20
# On a desk whose chain has no step for it, supervisors hear what nobody took in this time.
SUPERVISORS_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Alarm:
    """One that rings, and since when."""

    id: int
    since: datetime
    level: str = "critical"


def ringing() -> QuerySet[Conversation]:
    """Return the conversations that ring; a message newer than the last hearing rings again."""
    unheard = Q(alarm_heard_at=None) | Q(alarm_heard_at__lt=F("last_message_at"))
    return Conversation.objects.filter(
        unheard, state=ConversationState.OPEN, band__lte=1, urgency=Urgency.CRITICAL, holder=None
    )


def calling(member: Member) -> QuerySet[AlarmCall]:
    """Return the chain's calls on this member's screen that nobody heard, of what still waits unclaimed."""
    mine = Q(step__member=member)
    if member.role == Role.SUPERVISOR:
        mine |= Q(step__member=None)
    waits = Q(conversation__state=ConversationState.OPEN, conversation__holder=None)
    unheard = Q(heard_at=None) | Q(heard_at__lt=F("conversation__last_message_at"))
    rows = AlarmCall.objects.filter(mine, waits, unheard, way=AlarmWay.SCREEN)
    return rows.filter(since=F("conversation__waiting_since"))


def list_alarms(member: Member | None = None) -> list[Alarm]:
    """Return what rings for the member, longest waiting first, at most AT_MOST.

    Supervisors hear what the chain calls them for; whoever works the inbox hears what is critical at once.
    """
    called = _list_called(member) if member else []
    if member and member.role == Role.SUPERVISOR and _chain_calls_supervisors():
        return called
    rows = ringing().order_by("band", "waiting_since", "id").values_list("id", "last_message_at")
    if member and member.role == Role.SUPERVISOR:
        rows = rows.filter(last_message_at__lt=Now() - SUPERVISORS_AFTER)
    found = [Alarm(id=number, since=since) for number, since in rows[:AT_MOST]]
    known = {alarm.id for alarm in found}
    return [*found, *(alarm for alarm in called if alarm.id not in known)][:AT_MOST]


def _list_called(member: Member) -> list[Alarm]:
    rows = calling(member).order_by("-conversation__urgency", "since", "id")
    found: dict[int, Alarm] = {}
    for number, raised, urgency, unjudged in rows.values_list(
        "conversation_id", "raised_at", "conversation__urgency", "conversation__unjudged"
    )[: AT_MOST * 3]:
        level = "critical" if unjudged or urgency == Urgency.CRITICAL else "urgent"
        found.setdefault(number, Alarm(id=number, since=raised, level=level))
    return list(found.values())[:AT_MOST]


def _chain_calls_supervisors() -> bool:
    steps = AlarmStep.objects.filter(is_active=True, by_screen=True, member=None, team=None)
    return steps.filter(urgency=Urgency.CRITICAL).exists()
