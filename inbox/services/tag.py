"""Say what a conversation is about, in words that a list can be narrowed by."""

from collections.abc import Iterable

from django.db import transaction

from audit.services import record
from inbox.errors import BadInput
from inbox.models import Conversation
from inbox.services.steps import check_text, demand, keep, lock
from staff.models import Member
from staff.permissions import can_work_inbox

MOST = 20
LONGEST = 60


@transaction.atomic
def set_tags(*, actor: Member, conversation_id: int, tags: Iterable[str]) -> Conversation:
    """Replace the tags: small letters, single spaces, each once. BadInput for too many or too long ones."""
    demand(can_work_inbox(actor))
    chosen = list(dict.fromkeys(word for word in (" ".join(tag.lower().split()) for tag in tags) if word))
    if len(chosen) > MOST:
        raise BadInput(f"A conversation has at most {MOST} tags. Nothing was changed.", field="tags")
    for word in chosen:
        check_text(word, field="tags", limit=LONGEST)
    conversation = lock(conversation_id)
    if chosen == conversation.tags:
        return conversation
    before, conversation.tags = conversation.tags, chosen
    keep(conversation, "tags")
    record(actor=actor, verb="conversation.tagged", subject=conversation, before=before, after=chosen)
    return conversation
