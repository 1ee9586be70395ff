"""Hide or like what the public wrote, or take that back; each act may be done twice without harm."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from audit.services import record
from inbox.enums import ActKind, ActState
from inbox.errors import BadInput, CannotReply
from inbox.live import announce
from inbox.models import Act, Conversation, Message
from inbox.queries.composing import explain_block
from inbox.services.checks import CLAIM, ensure_hold
from inbox.services.steps import Clock, demand, keep, lock, read_clock
from staff.models import Member
from staff.permissions import can_work_inbox


@dataclass(frozen=True)
class LeasedAct:
    """An act that this process alone may carry out until the lease runs out; `target` is the connector's."""

    act_id: int
    account_id: int
    fence: int
    attempts: int
    kind: str
    undo: bool
    target: str


@transaction.atomic
def act(*, actor: Member, message_id: int, kind: str, undo: bool = False, fence: int | None = None) -> Act:
    """Put an act into the outbox; the same act that is on its way already is returned instead.

    NotHolder when somebody else holds the conversation, CannotReply when the message or the account does not
    allow it, BadInput for an unknown act. Message.DoesNotExist when there is no such message.
    """
    demand(can_work_inbox(actor))
    if kind not in ActKind.values:
        raise BadInput("The desk does not know this act. Nothing was done.", field="kind")
    conversation_id = Message.objects.values_list("conversation_id", flat=True).get(pk=message_id)
    conversation = lock(conversation_id)
    message = Message.objects.defer("search", "html").get(pk=message_id)
    now = read_clock()
    ensure_hold(conversation, actor, fence, now)
    must_be_possible(conversation, message, kind)
    under_way = Act.objects.filter(message=message, kind=kind, state__in=(ActState.QUEUED, ActState.DOING))
    earlier = under_way.first()
    if earlier is not None:
        if earlier.undo != undo:
            raise CannotReply("The opposite is on its way just now. Wait a moment and press again.")
        return earlier
    row = Act.objects.create(
        conversation=conversation,
        message=message,
        author=actor,
        kind=kind,
        undo=undo,
        created_at=now,
        not_before=now,
    )
    keep(conversation, *CLAIM)
    record(actor=actor, verb="act.asked", subject=conversation, **describe(row))
    return row


def must_be_possible(conversation: Conversation, message: Message, kind: str) -> None:
    """Raise CannotReply with the channel's own sentence when this cannot be done to this message."""
    offered = find_possible(message, kind)
    blocked = explain_block(conversation)
    if offered is None:
        blocked = "The channel does not offer this for this message. Nothing was done."
    elif message.deleted_at is not None:
        blocked = "The message was taken down by its author. Nothing was done."
    refusal = blocked or (str(offered.get("refusal") or "") if offered else "")
    if refusal:
        raise CannotReply(refusal)


def find_possible(message: Message, kind: str) -> dict[str, Any] | None:
    """Return what the connector said of this act for this message (inbox.incoming.PossibleAct), or None."""
    offered = (one for one in message.terms.get("acts", ()) if one.get("kind") == kind)
    return next(offered, None)


def due_acts(limit: int = 100) -> list[int]:
    """Return the ids of acts that should be carried out now, those of lost processes among them."""
    return list(
        Act.objects.filter(_is_due()).order_by("not_before", "id").values_list("id", flat=True)[:limit]
    )


@transaction.atomic
def lease_act(act_id: int, seconds: float = 60) -> LeasedAct | None:
    """Take a due act for this process; None when it is not due or somebody else has it."""
    taken = Act.objects.filter(_is_due(), pk=act_id).update(
        state=ActState.DOING,
        attempts=F("attempts") + 1,
        lease_fence=F("lease_fence") + 1,
        lease_until=Clock() + timedelta(seconds=seconds),
    )
    if not taken:
        return None
    row = Act.objects.select_related("message", "conversation").defer("message__search").get(pk=act_id)
    offered = find_possible(row.message, row.kind) or {}
    return LeasedAct(
        act_id=row.pk,
        account_id=row.conversation.account_id,
        fence=row.lease_fence,
        attempts=row.attempts,
        kind=row.kind,
        undo=row.undo,
        target=str(offered.get("target") or ""),
    )


def mark_done(act_id: int, *, fence: int) -> bool:
    """Record that the channel carried it out; False when the lease is gone."""
    return _settle(act_id, fence, ActState.DONE)


def mark_failed(act_id: int, *, fence: int, kind: str, sentence: str) -> bool:
    """Record that it was not done, and why; False when the lease is gone."""
    return _settle(act_id, fence, ActState.FAILED, kind=kind, sentence=sentence or "It could not be done.")


def put_back(act_id: int, *, fence: int, seconds: float, kind: str, sentence: str) -> bool:
    """Queue it again: an act may be repeated, whatever became of the last try."""
    held = Act.objects.filter(pk=act_id, state=ActState.DOING, lease_fence=fence)
    return bool(
        held.update(
            state=ActState.QUEUED,
            lease_until=None,
            not_before=Clock() + timedelta(seconds=seconds),
            error_kind=kind[:30],
            error_text=sentence[:500],
        )
    )


@transaction.atomic
def _settle(act_id: int, fence: int, state: ActState, *, kind: str = "", sentence: str = "") -> bool:
    conversation = lock(Act.objects.values_list("conversation_id", flat=True).get(pk=act_id))
    held = Act.objects.filter(pk=act_id, state=ActState.DOING, lease_fence=fence)
    if not held.update(
        state=state, lease_until=None, settled_at=Clock(), error_kind=kind[:30], error_text=sentence[:500]
    ):
        return False
    row = Act.objects.get(pk=act_id)
    keep(conversation)
    announce("conversation", id=conversation.pk)
    verb = "act.done" if state == ActState.DONE else "act.failed"
    why = {"why": sentence} if sentence else {}
    record(actor=None, verb=verb, subject=conversation, **describe(row), **why)
    return True


def _is_due() -> Q:
    lost = Q(state=ActState.DOING, lease_until__lte=Clock())
    return lost | Q(state=ActState.QUEUED, not_before__lte=Clock())


def describe(row: Act) -> dict[str, Any]:
    """Return the act for the trail."""
    label = ActKind(row.kind).label.lower()
    said = f"take back: {label}" if row.undo else label
    return {"act": row.pk, "message": row.message_id, "kind": row.kind, "undo": row.undo, "what": said}
