"""A person says how urgent it is; triage may raise that, never lower it."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from audit.services import record
from inbox.enums import ConversationState, Urgency
from inbox.errors import BadInput, WrongState
from inbox.models import Conversation, Grading
from inbox.services.steps import demand, keep, lock, need_text, read_clock
from staff.models import Member
from staff.permissions import can_work_inbox


@transaction.atomic
def change_urgency(*, actor: Member, conversation_id: int, urgency: int, reason: str) -> Conversation:
    """Set the urgency with a reason, and with it when a first reply is due.

    BadInput without a reason or for an unknown urgency, WrongState when the conversation is resolved.
    """
    demand(can_work_inbox(actor))
    if urgency not in Urgency.values:
        raise BadInput("Choose critical, urgent, routine or none. Nothing was changed.", field="urgency")
    reason = need_text(reason, field="reason", sentence="Say why the urgency changes.", limit=500)
    conversation = lock(conversation_id)
    if conversation.state == ConversationState.RESOLVED:
        raise WrongState("The conversation is resolved. Reopen it first.", state=conversation.state)
    before, after = Urgency(conversation.urgency), Urgency(urgency)
    moment = read_clock()
    Grading.objects.create(
        conversation=conversation,
        author=actor,
        before=before,
        after=after,
        reason=reason,
        created_at=moment,
    )
    conversation.urgency, conversation.unjudged, conversation.graded_by = after, False, actor
    if conversation.first_replied_at is None:
        target = timedelta(seconds=settings.FIRST_REPLY_TARGETS[after.name.lower()])
        conversation.first_reply_due_at = (conversation.waiting_since or conversation.created_at) + target
    keep(conversation, "urgency", "unjudged", "graded_by", "first_reply_due_at")
    words = {"before": before.name.lower(), "after": after.name.lower(), "reason": reason}
    record(actor=actor, verb="urgency.changed", subject=conversation, **words)
    return conversation
