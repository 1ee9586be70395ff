"""Say that the alarm was heard: it stops on every screen. Hearing is not claiming."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now

from audit.services import Deed, record_all
from inbox.enums import AlarmWay
from inbox.live import announce
from inbox.models import AlarmCall, Conversation
from inbox.queries.alarms import ringing
from inbox.services.steps import demand
from staff.models import Member
from staff.permissions import can_work_inbox


@transaction.atomic
def hear_alarm(*, actor: Member, conversation_ids: Sequence[int]) -> list[int]:
    """Silence those of the conversations that ring and return their ids; NotAllowed for onlookers."""
    demand(can_work_inbox(actor))
    rows = ringing().filter(pk__in=list(conversation_ids)).select_for_update()
    heard = list(rows.values_list("pk", flat=True))
    Conversation.objects.filter(pk__in=heard).update(alarm_heard_at=Now())
    calls = AlarmCall.objects.filter(conversation__in=list(conversation_ids), way=AlarmWay.SCREEN)
    called = set(calls.values_list("conversation_id", flat=True))
    calls.update(heard_at=Now())
    heard = sorted({*heard, *called})
    deeds = [Deed("conversation.alarm_heard", ("conversation", number)) for number in heard]
    record_all(actor=actor, deeds=deeds)
    if heard:
        announce("alarm", ids=heard)
    return heard
