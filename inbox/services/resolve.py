"""End a conversation with an outcome, and open it again."""

from dataclasses import dataclass

from django.db import transaction

from audit.services import record
from inbox.enums import ConversationState, EscalationState, Outcome, ReplyState
from inbox.errors import BadInput, WrongState
from inbox.live import announce
from inbox.models import Conversation
from inbox.services.checks import ensure_current, ensure_not_held_by_another
from inbox.services.steps import check_text, demand, keep, lock, move, need_text, read_clock
from staff.models import Member
from staff.permissions import can_work_inbox

ENDING = ("state", "outcome", "outcome_reason", "incident_number", "resolved_at", "waiting_since")


@dataclass(frozen=True)
class Ending:
    """How it ended. Urgent conversations need a number or a reason."""

    outcome: str
    incident_number: str
    reason: str


@transaction.atomic
def resolve(
    *,
    actor: Member,
    conversation_id: int,
    outcome: str,
    incident_number: str = "",
    reason: str = "",
    seen_version: int | None = None,
) -> Conversation:
    """End the conversation and let go of it.

    BadInput for a missing or unknown outcome, or when an urgent one has neither number nor reason; WrongState
    when it is resolved already, an escalation is not acknowledged or a reply's fate is not settled;
    NotHolder when a colleague holds it; MovedOn when it has changed since `seen_version`.
    """
    demand(can_work_inbox(actor))
    ending = check_ending(Ending(outcome, incident_number.strip(), reason.strip()))
    conversation = lock(conversation_id)
    now = read_clock()
    ensure_not_held_by_another(conversation, actor, now)
    ensure_current(conversation, seen_version)
    ensure_accounted(conversation, ending)
    ensure_settled(conversation)
    move(conversation, ConversationState.RESOLVED)
    conversation.outcome, conversation.outcome_reason = ending.outcome, ending.reason
    conversation.incident_number = ending.incident_number or conversation.incident_number
    conversation.resolved_at, conversation.waiting_since = now, None
    conversation.holder = conversation.held_until = None
    keep(conversation, *ENDING, "holder", "held_until")
    announce("claim", id=conversation.pk, holder=None)
    words = {"outcome": ending.outcome, "incident_number": ending.incident_number, "reason": ending.reason}
    record(actor=actor, verb="conversation.resolved", subject=conversation, **words)
    return conversation


@transaction.atomic
def reopen(*, actor: Member, conversation_id: int, reason: str) -> Conversation:
    """Put a resolved conversation back into the queue, with a reason. WrongState unless it is resolved."""
    demand(can_work_inbox(actor))
    reason = need_text(reason, field="reason", sentence="Say why it is opened again.", limit=1000)
    conversation = lock(conversation_id)
    if conversation.state != ConversationState.RESOLVED:
        raise WrongState("The conversation is not resolved. Nothing was changed.", state=conversation.state)
    move(conversation, ConversationState.OPEN)
    conversation.outcome, conversation.outcome_reason, conversation.resolved_at = "", "", None
    conversation.waiting_since = read_clock()
    keep(conversation, *ENDING)
    record(actor=actor, verb="conversation.reopened", subject=conversation, reason=reason)
    return conversation


def check_ending(ending: Ending) -> Ending:
    """Return the ending when it is whole in itself; BadInput otherwise."""
    if ending.outcome not in Outcome.values:
        raise BadInput("Choose how it ended. Nothing was changed.", field="outcome")
    check_text(ending.incident_number, field="incident_number", limit=60)
    check_text(ending.reason, field="reason", limit=1000)
    return ending


def ensure_accounted(conversation: Conversation, ending: Ending) -> None:
    """An incident needs its number, and what is urgent a number or a reason."""
    number = ending.incident_number or conversation.incident_number
    if ending.outcome == Outcome.INCIDENT and not number:
        raise BadInput("Give the number of the incident. Nothing was changed.", field="incident_number")
    if conversation.is_urgent and not number and not ending.reason:
        raise BadInput(
            "An urgent conversation ends with an incident number or a reason. Nothing was changed.",
            field="incident_number",
        )


def ensure_settled(conversation: Conversation) -> None:
    """Nothing may be left hanging: no escalation without an answer, no reply of unknown fate."""
    if conversation.state == ConversationState.RESOLVED:
        raise WrongState("The conversation is resolved already.", state=conversation.state)
    pending = conversation.escalations.filter(state=EscalationState.PENDING).select_related("team").first()
    if pending:
        sentence = f"{pending.team.name} has not acknowledged the escalation. Wait, or withdraw it first."
        raise WrongState(sentence, state=conversation.state)
    if conversation.replies.filter(state=ReplyState.UNKNOWN).exists():
        sentence = "It is not known whether a reply was sent. Say whether it is there, then resolve."
        raise WrongState(sentence, state=conversation.state)
