"""People settle a reply that the desk could not: it is there, or it is sent again (quality rule 4)."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F

from audit.services import record
from inbox.enums import Direction, ReplyState
from inbox.errors import BadInput, CannotReply, WrongState
from inbox.live import announce
from inbox.models import Message, Reply
from inbox.queries.composing import explain_block
from inbox.services.checks import CLAIM, ensure_hold
from inbox.services.outbox import mark_sent
from inbox.services.parts import queue_parts
from inbox.services.steps import check_text, demand, keep, lock, need_text, read_clock
from staff.models import Member
from staff.permissions import can_work_inbox


@transaction.atomic
def confirm_sent(*, actor: Member, reply_id: int, url: str = "") -> Reply:
    """Record that somebody saw the reply on the channel, with a link where there is one.

    WrongState unless its fate is unknown; BadInput(field="url") for what is not a link to our own message.
    """
    demand(can_work_inbox(actor))
    url = check_text(url.strip(), field="url", limit=1000)
    conversation = lock(Reply.objects.values_list("conversation_id", flat=True).get(pk=reply_id))
    remote_id = read_remote_id(url) or f"seen-by-staff:{reply_id}"
    known = Message.objects.filter(account_id=conversation.account_id, remote_id=remote_id)
    if known.filter(direction=Direction.IN).exists():
        raise BadInput("This link leads to what the person wrote, not to our reply.", field="url")
    row = find_unsettled(reply_id, ReplyState.UNKNOWN)
    mark_sent(reply_id, fence=None, remote_id=remote_id, url=url, actor=actor)
    row.refresh_from_db()
    return row


@transaction.atomic
def send_again(*, actor: Member, reply_id: int, reason: str = "") -> Reply:
    """Queue a reply anew that failed, or that somebody looked for and did not find (then with a reason).

    WrongState when it is neither; NotHolder when a colleague holds the conversation; CannotReply when the
    account cannot send.
    """
    demand(can_work_inbox(actor))
    conversation = lock(Reply.objects.values_list("conversation_id", flat=True).get(pk=reply_id))
    row = find_unsettled(reply_id, ReplyState.UNKNOWN, ReplyState.FAILED)
    reason = check_text(reason.strip(), field="reason", limit=500)
    if row.state == ReplyState.UNKNOWN:
        reason = need_text(reason, field="reason", sentence="Say where you looked for it.", limit=500)
    now = read_clock()
    ensure_hold(conversation, actor, None, now)
    blocked = explain_block(conversation)
    if blocked:
        raise CannotReply(blocked)
    # A person's word is what turns unknown into failed and failed into queued; both steps are one here.
    # The fence grows so that a late process of the first attempt finds nothing that it could settle.
    Reply.objects.filter(pk=reply_id, state=row.state).update(
        state=ReplyState.QUEUED,
        not_before=now + timedelta(seconds=settings.UNDO_SECONDS),
        lease_fence=F("lease_fence") + 1,
        lease_until=None,
        error_kind="",
        error_text="",
        looks=0,
        next_look_at=None,
        # Whoever sends a part again by itself has decided that it need not wait for the others.
        after=None,
    )
    others = conversation.replies.filter(state=ReplyState.UNKNOWN)
    conversation.reply_trouble = others.exists()
    keep(conversation, "reply_trouble", *CLAIM)
    announce("reply", id=reply_id, conversation=conversation.pk, state=ReplyState.QUEUED.value)
    record(actor=actor, verb="reply.sent_again", subject=conversation, reply=reply_id, reason=reason)
    row.refresh_from_db()
    queue_parts(row)
    return row


def find_unsettled(reply_id: int, *states: ReplyState) -> Reply:
    """Return the reply, locked; WrongState when it is in none of these states."""
    row = Reply.objects.select_for_update().get(pk=reply_id)
    if row.state not in states:
        label = ReplyState(row.state).label.lower()
        raise WrongState(f"The reply is {label} by now. Nothing was changed.", state=row.state)
    return row


def read_remote_id(url: str) -> str:
    """Return the last part of a link's path, which is the message's own id where channels have links."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise BadInput("Paste the whole address, beginning with https. Nothing was changed.", field="url")
    return parts.path.rstrip("/").rpartition("/")[2][:500]
