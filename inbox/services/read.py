"""Open a conversation: whoever reads it stands in the trail."""

from audit.services import saw
from inbox.models import Conversation
from inbox.queries.conversation import load_conversation
from staff.models import Member


def read_conversation(*, actor: Member, conversation_id: int) -> Conversation:
    """Return the conversation and record that `actor` saw it; DoesNotExist when they may not."""
    conversation = load_conversation(actor, conversation_id)
    saw(actor, conversation)
    return conversation
