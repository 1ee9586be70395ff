"""One conversation, for those who may see it."""

from inbox.models import Conversation
from inbox.queries.queue import with_row_facts
from staff.models import Member
from staff.permissions import can_see_inbox


def load_conversation(member: Member, conversation_id: int) -> Conversation:
    """Return it with person, account and holder; Conversation.DoesNotExist when `member` may not see it."""
    if not can_see_inbox(member) or not 0 < conversation_id < 2**63:
        raise Conversation.DoesNotExist
    return with_row_facts(Conversation.objects.filter(pk=conversation_id)).get()
