"""Nothing typed is ever lost: what a member has written and not sent is kept on the server."""

from django.db import transaction

from inbox.errors import BadInput
from inbox.models import Attachment, Conversation, Draft, Reply
from inbox.services.steps import check_text, demand
from staff.models import Member
from staff.permissions import can_work_inbox

WAYS = ("public", "private", "note")
LONGEST = 100_000


@transaction.atomic
def save_draft(*, actor: Member, conversation_id: int, text: str, way: str = "public") -> Draft:
    """Keep what the actor has typed, claimed or not; an empty text empties the draft."""
    demand(can_work_inbox(actor))
    if way not in WAYS:
        raise BadInput("A draft is public, private or a note.", field="way")
    check_text(text, field="text", limit=LONGEST)
    if not Conversation.objects.filter(pk=conversation_id).exists():
        raise Conversation.DoesNotExist
    draft, _ = Draft.objects.update_or_create(
        conversation_id=conversation_id, author=actor, defaults={"text": text, "way": way}
    )
    return draft


def put_back_text(reply: Reply) -> None:
    """Give a reply's text and files back to its author's draft, after what they may have typed since."""
    draft, is_new = Draft.objects.get_or_create(
        conversation_id=reply.conversation_id,
        author_id=reply.author_id,
        defaults={"text": reply.text, "way": reply.visibility},
    )
    if not is_new:
        draft.text = f"{draft.text}\n\n{reply.text}".strip()
        draft.save(update_fields=["text", "updated_at"])
    Attachment.objects.filter(reply=reply, message=None).update(draft=draft, reply=None)
