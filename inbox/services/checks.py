"""What must be true before somebody speaks for the desk: they hold the conversation, as it is now."""

from datetime import datetime, timedelta

from django.conf import settings

from inbox.enums import ConversationState
from inbox.errors import MovedOn, NotHolder, WrongState
from inbox.live import announce
from inbox.models import Conversation
from inbox.services.steps import is_held
from staff.models import Member

CLAIM = ("holder", "held_until", "fence")


def ensure_hold(conversation: Conversation, actor: Member, fence: int | None, now: datetime) -> None:
    """Check that the actor may speak in this conversation now; claim it when nobody holds it."""
    if conversation.state == ConversationState.RESOLVED:
        raise WrongState("The conversation is resolved. Reopen it to answer.", state=conversation.state)
    held = is_held(conversation, now)
    name = conversation.holder.name if held and conversation.holder else None
    if held and conversation.holder != actor:
        raise NotHolder(f"{name} holds this conversation. Nothing was sent, your text is kept.", holder=name)
    if fence is not None and fence != conversation.fence:
        raise NotHolder(
            "Your claim ran out and somebody else had it since. Nothing was sent, your text is kept.",
            holder=name,
        )
    if not held:
        conversation.fence += 1
        conversation.holder = actor
        announce("claim", id=conversation.pk, holder=actor.pk)
    conversation.held_until = now + timedelta(seconds=settings.CLAIM_SECONDS)


def ensure_current(conversation: Conversation, seen: int | None) -> None:
    """Refuse an answer to something that has changed since it was drawn."""
    if seen is not None and seen != conversation.version:
        raise MovedOn(
            "This conversation has changed since you opened it. Nothing was sent, your text is kept.",
            version=conversation.version,
            seen=seen,
        )


def ensure_not_held_by_another(conversation: Conversation, actor: Member, now: datetime) -> None:
    """Refuse when somebody else's claim stands."""
    holder = conversation.holder
    if is_held(conversation, now) and holder and holder != actor:
        raise NotHolder(f"{holder.name} holds this conversation. Nothing was changed.", holder=holder.name)
