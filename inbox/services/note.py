"""Write what only staff can read."""

from django.db import transaction

from audit.services import record
from inbox.models import Note
from inbox.services.steps import demand, keep, lock, need_text, read_clock
from staff.models import Member
from staff.permissions import can_work_inbox

LONGEST = 10_000


@transaction.atomic
def add_note(*, actor: Member, conversation_id: int, text: str) -> Note:
    """Keep a note beside the conversation, in any state. BadInput when it is empty or too long."""
    demand(can_work_inbox(actor))
    text = need_text(text, field="text", sentence="Write something first.", limit=LONGEST)
    conversation = lock(conversation_id)
    note = Note.objects.create(conversation=conversation, author=actor, text=text, created_at=read_clock())
    keep(conversation)
    record(actor=actor, verb="note.added", subject=conversation, note=note.pk)
    return note
