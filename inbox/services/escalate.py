"""Hand a conversation to a team or an outside body until they acknowledge it with a number or a reason."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Max

from audit.services import record
from inbox.enums import ConversationState, EscalationState, NoticeState, NoticeWay
from inbox.errors import BadInput, WrongState
from inbox.models import Conversation, Escalation, Notice, Team
from inbox.queries.waiting import find_waiting_since
from inbox.services.steps import Clock, check_text, demand, keep, lock, move, need_text, read_clock
from staff.models import Member
from staff.permissions import can_work_inbox

ACK_SALT = "inbox.escalation"
ACK_AGE = timedelta(days=7)
REMIND_AT_ONCE = 100


@transaction.atomic
def escalate(*, actor: Member, conversation_id: int, team_id: int, text: str) -> Escalation:
    """Hand it to the team and queue a notice by each way in which the team is reached.

    BadInput for an unknown team or an empty text; WrongState when it is resolved, or with that team already.
    """
    demand(can_work_inbox(actor))
    sentence = "Say what the team should know."
    text = need_text(text, field="text", sentence=sentence, limit=2000)
    team = Team.objects.filter(pk=team_id, is_active=True).first()
    if team is None:
        raise BadInput("Choose a team. Nothing was changed.", field="team_id")
    conversation = lock(conversation_id)
    if conversation.escalations.filter(team=team, state=EscalationState.PENDING).exists():
        raise WrongState(
            f"{team.name} has it already and has not acknowledged it yet.", state=conversation.state
        )
    if conversation.state != ConversationState.ESCALATED:
        move(conversation, ConversationState.ESCALATED)
    conversation.escalation_pending = True
    now = read_clock()
    row = Escalation.objects.create(
        conversation=conversation, team=team, author=actor, text=text, created_at=now
    )
    queue_notices(row, now)
    keep(conversation, "state", "escalation_pending")
    record(
        actor=actor, verb="conversation.escalated", subject=conversation, escalation=row.pk, team=team.name
    )
    return row


@transaction.atomic
def acknowledge(
    *,
    escalation_id: int,
    by: str,
    incident_number: str = "",
    reason: str = "",
    actor: Member | None = None,
) -> Escalation:
    """Record that the team has it, with an incident number or a reason; `actor` is None for an outside body.

    BadInput when a name or both number and reason are missing; WrongState when it is not pending any more.
    """
    demand(actor is None or can_work_inbox(actor))
    by = need_text(by, field="by", sentence="Say who acknowledges it.", limit=160)
    number = check_text(incident_number.strip(), field="incident_number", limit=60)
    reason = check_text(reason.strip(), field="reason", limit=1000)
    if not number and not reason:
        raise BadInput("Give an incident number or a reason. Nothing was changed.", field="incident_number")
    row, conversation = take(escalation_id)
    row.state, row.acknowledged_by, row.acknowledged_at = EscalationState.ACKNOWLEDGED, by, read_clock()
    row.incident_number, row.reason = number, reason
    row.save(update_fields=["state", "acknowledged_by", "acknowledged_at", "incident_number", "reason"])
    conversation.incident_number = number or conversation.incident_number
    end(row, conversation)
    words = {"by": by, "incident_number": number, "reason": reason, "team": row.team.name}
    record(actor=actor, verb="escalation.acknowledged", subject=conversation, escalation=row.pk, **words)
    return row


@transaction.atomic
def withdraw(*, actor: Member, escalation_id: int, reason: str) -> Escalation:
    """Take it back from the team. BadInput without a reason; WrongState when it is not pending any more."""
    demand(can_work_inbox(actor))
    reason = need_text(reason, field="reason", sentence="Say why it is withdrawn.", limit=1000)
    row, conversation = take(escalation_id)
    row.state, row.reason = EscalationState.WITHDRAWN, reason
    row.save(update_fields=["state", "reason"])
    end(row, conversation)
    words = {"reason": reason, "team": row.team.name}
    record(actor=actor, verb="escalation.withdrawn", subject=conversation, escalation=row.pk, **words)
    return row


@transaction.atomic
def remind_due() -> int:
    """Queue a reminder for every escalation that nobody has acknowledged for too long; returns how many."""
    late = Clock() - timedelta(seconds=settings.ESCALATION_REMIND_SECONDS)
    pending = Escalation.objects.filter(state=EscalationState.PENDING)
    in_flight = Notice.objects.filter(state__in=(NoticeState.QUEUED, NoticeState.SENDING))
    told = pending.exclude(notices__in=in_flight).annotate(told=Max("notices__due_at"))
    due = list(told.filter(told__lt=late).order_by("told").values_list("pk", flat=True)[:REMIND_AT_ONCE])
    rows = Escalation.objects.select_for_update(skip_locked=True, of=("self",)).select_related("team")
    now = read_clock()
    count = 0
    for row in rows.filter(pk__in=due, state=EscalationState.PENDING):
        if not row.notices.filter(due_at__gte=late).exists():
            queue_notices(row, now)
            count += 1
    return count


def make_ack_token(escalation: Escalation) -> str:
    """Return the signed word with which an outside body acknowledges this one escalation, for ACK_AGE."""
    return signing.dumps(escalation.pk, salt=ACK_SALT)


def read_ack_token(token: str) -> Escalation:
    """Return the token's escalation with conversation and team; BadInput when it is forged or too old."""
    try:
        number = signing.loads(token, salt=ACK_SALT, max_age=ACK_AGE)
        return Escalation.objects.select_related("team", "conversation").get(pk=number)
    except signing.SignatureExpired:
        raise BadInput("This link is older than seven days. Please ring the desk.", field="token") from None
    except (signing.BadSignature, Escalation.DoesNotExist):
        raise BadInput("This link is not one of ours. Please ring the desk.", field="token") from None


def queue_notices(row: Escalation, now: datetime) -> None:
    """Queue one notice for each way in which the team is reached."""
    ways = [(NoticeWay.MAIL, row.team.email), (NoticeWay.WEB_HOOK, row.team.web_hook)]
    Notice.objects.bulk_create(Notice(escalation=row, way=way, due_at=now) for way, place in ways if place)


def take(escalation_id: int) -> tuple[Escalation, Conversation]:
    """Return a pending escalation and its conversation, both locked; WrongState when it is settled."""
    conversation = lock(Escalation.objects.values_list("conversation_id", flat=True).get(pk=escalation_id))
    row = Escalation.objects.select_for_update(of=("self",)).select_related("team").get(pk=escalation_id)
    if row.state != EscalationState.PENDING:
        label = EscalationState(row.state).label.lower()
        raise WrongState(f"The escalation is {label} already. Nothing was changed.", state=row.state)
    return row, conversation


def end(row: Escalation, conversation: Conversation) -> None:
    """Stop the reminders, and give the conversation back to the desk when no other team has it."""
    row.notices.filter(state=NoticeState.QUEUED).delete()
    others = conversation.escalations.filter(state=EscalationState.PENDING)
    conversation.escalation_pending = others.exists()
    if conversation.state == ConversationState.ESCALATED and not conversation.escalation_pending:
        since = find_waiting_since(conversation)
        move(conversation, ConversationState.OPEN if since else ConversationState.WAITING)
        conversation.waiting_since = since
    keep(conversation, "state", "waiting_since", "escalation_pending", "incident_number")
