"""What a reply's fate does to its conversation. The caller holds the conversation's lock."""

from datetime import datetime

from inbox.enums import ConversationState, Direction, ReplyState
from inbox.models import Conversation, Message, Reply
from inbox.services.steps import keep

CHANGED = ("state", "waiting_since", "reply_trouble", "first_replied_at")


def settle_answered(reply: Reply, now: datetime) -> None:
    """Wait on the public, unless they wrote again after the reply was written: then it stays open."""
    conversation = reply.conversation
    since = _unanswered_since(reply)
    if conversation.state == ConversationState.OPEN:
        conversation.waiting_since = since
        if since is None:
            conversation.state = ConversationState.WAITING
    others = Reply.objects.filter(conversation=conversation, state=ReplyState.UNKNOWN)
    conversation.reply_trouble = others.exclude(pk=reply.pk).exists()
    conversation.first_replied_at = conversation.first_replied_at or now
    keep(conversation, *CHANGED)


def put_in_front(reply: Reply) -> None:
    """Open the conversation again, loudly, as long waiting as before the reply."""
    conversation = reply.conversation
    waited = [conversation.waiting_since, reply.answers.received_at if reply.answers else reply.created_at]
    conversation.waiting_since = min(moment for moment in waited if moment is not None)
    conversation.state = ConversationState.OPEN
    conversation.reply_trouble = True
    reopened = _forget_outcome(conversation)
    keep(conversation, *CHANGED, *reopened)


def _forget_outcome(conversation: Conversation) -> tuple[str, ...]:
    if conversation.resolved_at is None:
        return ()
    conversation.outcome, conversation.outcome_reason, conversation.resolved_at = "", "", None
    return ("outcome", "outcome_reason", "resolved_at")


def _unanswered_since(reply: Reply) -> datetime | None:
    later = Message.objects.filter(
        conversation_id=reply.conversation_id,
        direction=Direction.IN,
        automatic=False,
        deleted_at=None,
        received_at__gt=reply.created_at,
    )
    moment: datetime | None = later.order_by("received_at").values_list("received_at", flat=True).first()
    return moment
