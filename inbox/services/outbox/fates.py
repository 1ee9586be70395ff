"""Record what became of a reply (quality rule 4).

Rows are locked conversation first, then reply, so that the ingest of an echo and the receipt of the same
reply can never wait for each other. A state moves only where inbox.states allows it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from audit.services import record
from inbox.enums import Direction, ReplyState
from inbox.live import announce
from inbox.models import Attachment, Message, Reply
from inbox.services.aftermath import put_in_front, settle_answered
from inbox.services.outbox.leasing import LOOKS
from inbox.services.parts import fail_parts
from inbox.services.steps import Clock, lock, read_clock
from inbox.states import REPLY


@transaction.atomic
def mark_sent(
    reply_id: int, *, fence: int | None, remote_id: str, url: str = "", actor: Any = None, **facts: Any
) -> bool:
    """Record the proof that it was sent; False when it was settled already or the fence has moved.

    `fence` is the lease's; None comes from looking, from the echo or from a person (`actor`). The lease may
    have run out meanwhile: proof is proof. `facts` go into the trail; `refused` recipients, in words, stand
    beside the message as well.
    """
    reply = _take(reply_id, fence, ReplyState.SENT)
    if reply is None:
        return False
    now = read_clock()
    reply.message = _keep_message(reply, remote_id, url, now)
    if facts.get("refused"):
        reply.message.terms["refused"] = list(facts["refused"])
        reply.message.save(update_fields=["terms"])
    reply.remote_id, reply.remote_url, reply.sent_at = remote_id[:500], url[:1000], now
    _save(reply, "message", "remote_id", "remote_url", "sent_at")
    settle_answered(reply, now)
    record(actor=actor, verb="reply.sent", subject=reply.conversation, reply=reply.pk, url=url, **facts)
    return True


@transaction.atomic
def mark_failed(reply_id: int, *, fence: int | None, kind: str, sentence: str, actor: Any = None) -> bool:
    """Record the proof that nothing was sent, and put the conversation back in front of people."""
    reply = _take(reply_id, fence, ReplyState.FAILED)
    if reply is None:
        return False
    reply.error_kind, reply.error_text = kind[:30], (sentence or "It could not be sent.")[:500]
    _save(reply)
    fail_parts(reply)
    put_in_front(reply)
    record(
        actor=actor, verb="reply.failed", subject=reply.conversation, reply=reply.pk, kind=kind, why=sentence
    )
    return True


@transaction.atomic
def mark_unknown(reply_id: int, *, fence: int, kind: str = "unknown_outcome", sentence: str = "") -> bool:
    """Record that nobody knows whether it went out: it will be looked for, never sent again by itself."""
    reply = _take(reply_id, fence, ReplyState.UNKNOWN)
    if reply is None:
        return False
    _lose(reply, kind, sentence or "The channel did not say whether it took the reply.")
    return True


@transaction.atomic
def put_back(reply_id: int, *, fence: int, until: datetime, kind: str = "", sentence: str = "") -> bool:
    """Queue it again for `until`: only for a live process that holds proof that nothing left."""
    held = Reply.objects.filter(pk=reply_id, state=ReplyState.SENDING, lease_fence=fence)
    back = held.update(
        state=ReplyState.QUEUED,
        not_before=until,
        lease_until=None,
        error_kind=kind[:30],
        error_text=sentence[:500],
    )
    if back:
        conversation = Reply.objects.values_list("conversation_id", flat=True).get(pk=reply_id)
        announce("reply", id=reply_id, conversation=conversation, state=ReplyState.QUEUED.value)
    return back == 1


def expire_leases(limit: int = 100) -> int:
    """Turn `sending` replies whose process was lost into `unknown`; returns how many."""
    stuck = Reply.objects.filter(state=ReplyState.SENDING, lease_until__lte=Clock())
    found = list(stuck.order_by("lease_until").values_list("id", "lease_fence")[:limit])
    sentence = "The desk stopped while it was sending the reply."
    return sum(mark_unknown(pk, fence=fence, kind="lease_lost", sentence=sentence) for pk, fence in found)


def hold_everything_in_flight() -> int:
    """Turn all `queued` and `sending` replies into `unknown`: a restored desk cannot know what went out."""
    sentence = "The desk was restored from a backup while the reply was on its way."
    in_flight = Reply.objects.filter(state__in=(ReplyState.QUEUED, ReplyState.SENDING))
    count = 0
    for pk in list(in_flight.order_by("id").values_list("id", flat=True)):
        with transaction.atomic():
            reply = _take(pk, None, ReplyState.UNKNOWN)
            if reply is not None:
                _lose(reply, "restored", sentence)
                count += 1
    return count


def _take(reply_id: int, fence: int | None, to: ReplyState) -> Reply | None:
    """Return the reply locked after its conversation, its state set; None when `to` cannot follow."""
    conversation_id = Reply.objects.values_list("conversation_id", flat=True).get(pk=reply_id)
    conversation = lock(conversation_id)
    rows = Reply.objects.select_related("answers").defer("answers__search")
    reply = rows.select_for_update(of=("self",)).get(pk=reply_id)
    present = ReplyState(reply.state)
    if to not in REPLY[present] or (fence is not None and reply.lease_fence != fence):
        return None
    reply.conversation, reply.state = conversation, to
    return reply


def _save(reply: Reply, *fields: str) -> None:
    # Whatever became of it, the lease is over: a late process meets a state that it cannot move.
    reply.lease_until = None
    reply.save(update_fields=["state", "error_kind", "error_text", "lease_until", *fields])
    announce("reply", id=reply.pk, conversation=reply.conversation_id, state=str(reply.state))


def _lose(reply: Reply, kind: str, sentence: str) -> None:
    reply.error_kind, reply.error_text = kind[:30], sentence[:500]
    reply.attempted_at = reply.attempted_at or reply.not_before
    reply.looks, reply.next_look_at = 0, read_clock() + timedelta(seconds=LOOKS[0])
    _save(reply, "attempted_at", "looks", "next_look_at")
    put_in_front(reply)
    record(
        actor=None, verb="reply.unknown", subject=reply.conversation, reply=reply.pk, kind=kind, why=sentence
    )


def _keep_message(reply: Reply, remote_id: str, url: str, now: datetime) -> Message:
    """Return the sent message's row; its echo may have come in before the receipt."""
    facts = {
        "conversation": reply.conversation,
        "direction": Direction.OUT,
        "visibility": reply.visibility,
        "author_id": reply.author_id,
        "in_reply_to": reply.answers.remote_id if reply.answers else "",
        "url": url[:1000],
    }
    fresh = {**facts, "text": reply.text, "written_at": now, "received_at": now}
    message, _created = Message.objects.defer("search").update_or_create(
        account_id=reply.conversation.account_id,
        remote_id=remote_id[:500],
        defaults=facts,
        create_defaults=fresh,
    )
    # Our own files stand for those that the echo named; they need not be fetched back.
    if Attachment.objects.filter(reply=reply).update(message=message):
        Attachment.objects.filter(message=message, reply=None).delete()
    return message
