"""Take hold of a conversation: one winner, by one UPDATE on the database's clock (quality rule 5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from audit.services import record
from inbox.enums import ConversationState
from inbox.errors import AlreadyClaimed, BadInput, NotAllowed, NotHolder, WrongState
from inbox.live import announce
from inbox.models import Conversation
from inbox.services.steps import Clock, check_text, demand
from staff.models import Member
from staff.permissions import can_run_shift, can_work_inbox

FREE_AT_ONCE = 200


@dataclass(frozen=True)
class Claim:
    """A claim that stands: `fence` proves it when sending, `held_until` is when it runs out (aware)."""

    fence: int
    held_until: datetime


@transaction.atomic
def claim(*, actor: Member, conversation_id: int) -> Claim:
    """Hold the conversation, or go on holding it when the actor does already.

    AlreadyClaimed(holder=, held_until=) when somebody else holds it; WrongState when it is resolved.
    """
    demand(can_work_inbox(actor))
    standing = prolong(actor, conversation_id)
    if standing:
        return standing
    taken = hold(conversation_id, actor, is_free())
    if taken is None:
        raise explain(conversation_id)
    tell(actor, conversation_id, actor, "claimed")
    return taken


@transaction.atomic
def extend(*, actor: Member, conversation_id: int, fence: int) -> Claim:
    """Hold it for another CLAIM_SECONDS (the screen's heartbeat). NotHolder when the claim is gone."""
    standing = prolong(actor, conversation_id, fence)
    if standing is None:
        raise explain_loss(conversation_id, actor)
    return standing


@transaction.atomic
def release(*, actor: Member, conversation_id: int) -> None:
    """Let go of it. NotHolder when the actor does not hold it."""
    rows = Conversation.objects.filter(pk=conversation_id, holder=actor)
    if not rows.update(holder=None, held_until=None):
        raise explain_loss(conversation_id, actor)
    tell(actor, conversation_id, None, "released")


@transaction.atomic
def take_over(*, actor: Member, conversation_id: int, reason: str = "") -> Claim:
    """Hold it whoever holds it now: supervisors at once, operators only when the claim has run out.

    NotAllowed when an operator asks while the claim stands; WrongState when it is resolved.
    """
    demand(can_work_inbox(actor))
    reason = check_text(reason.strip(), field="reason", limit=500)
    before = read_row(conversation_id)
    condition = Q() if can_run_shift(actor) else is_free() | Q(holder=actor)
    taken = hold(conversation_id, actor, condition)
    if taken is None:
        raise refuse(conversation_id, "Only a supervisor can take it over while {holder} holds it.")
    name = before.holder.name if before.holder else ""
    tell(actor, conversation_id, actor, "taken_over", reason=reason, held_before_by=name)
    return taken


@transaction.atomic
def assign(*, actor: Member, conversation_id: int, to: Member) -> Claim:
    """Give it to a colleague: supervisors always, operators what they hold themselves.

    NotAllowed otherwise; BadInput(field="to") when the colleague does not answer the public.
    """
    demand(can_work_inbox(actor))
    if not can_work_inbox(to):
        raise BadInput(f"{to.name} does not answer the public. Choose somebody else.", field="to")
    condition = Q() if can_run_shift(actor) else Q(holder=actor, held_until__gt=Clock())
    taken = hold(conversation_id, to, condition)
    if taken is None:
        raise refuse(conversation_id, "Only a supervisor, or whoever holds it, can give it to somebody.")
    tell(actor, conversation_id, to, "assigned", to=to.name)
    return taken


@transaction.atomic
def free_expired() -> int:
    """Free every claim that has run out and return how many; the sweep calls this every few seconds."""
    due = Conversation.objects.filter(holder__isnull=False, held_until__lte=Clock())
    found = list(due.select_for_update(skip_locked=True, of=("self",))[:FREE_AT_ONCE])
    Conversation.objects.filter(pk__in=[row.pk for row in found]).update(holder=None, held_until=None)
    for row in found:
        announce("claim", id=row.pk, holder=None)
        record(actor=None, verb="conversation.claim_ran_out", subject=row, holder=row.holder_id)
    return len(found)


def is_free() -> Q:
    """Return the condition that nobody's claim stands, by the database's clock."""
    return Q(holder=None) | Q(held_until__lte=Clock())


def hold(conversation_id: int, member: Member, condition: Q) -> Claim | None:
    """Give the row to `member` in one UPDATE; None when it is resolved or `condition` does not hold."""
    until = Clock() + timedelta(seconds=settings.CLAIM_SECONDS)
    rows = Conversation.objects.filter(condition, pk=conversation_id).exclude(
        state=ConversationState.RESOLVED
    )
    if not rows.update(holder=member, held_until=until, fence=F("fence") + 1):
        return None
    return read_claim(conversation_id)


def prolong(member: Member, conversation_id: int, fence: int | None = None) -> Claim | None:
    """Prolong the member's standing claim; None when there is none (or not with this fence)."""
    rows = Conversation.objects.filter(pk=conversation_id, holder=member, held_until__gt=Clock())
    if fence is not None:
        rows = rows.filter(fence=fence)
    if not rows.update(held_until=Clock() + timedelta(seconds=settings.CLAIM_SECONDS)):
        return None
    return read_claim(conversation_id)


def read_claim(conversation_id: int) -> Claim:
    """Return the claim that this transaction has just written (its row is locked, so it is still true)."""
    fence, until = Conversation.objects.values_list("fence", "held_until").get(pk=conversation_id)
    # A claim is whole or not there at all: the database's own constraint says so.
    return Claim(fence=fence, held_until=cast("datetime", until))


def read_row(conversation_id: int) -> Conversation:
    """Return the conversation with its holder, unlocked."""
    return Conversation.objects.select_related("holder").get(pk=conversation_id)


def explain(conversation_id: int) -> AlreadyClaimed | WrongState:
    """Return why nobody can claim it now."""
    row = read_row(conversation_id)
    if row.state == ConversationState.RESOLVED:
        return WrongState(
            "The conversation is resolved. Reopen it first. Nothing was changed.", state=row.state
        )
    name = row.holder.name if row.holder else "Somebody"
    until = row.held_until.isoformat() if row.held_until else None
    return AlreadyClaimed(
        f"{name} holds this conversation. Nothing was changed.", holder=name, held_until=until
    )


def refuse(conversation_id: int, sentence: str) -> NotAllowed | WrongState:
    """Return why this member may not move the claim."""
    refusal = explain(conversation_id)
    if isinstance(refusal, WrongState):
        return refusal
    return NotAllowed(sentence.format(holder=refusal.facts["holder"]) + " Nothing was changed.")


def explain_loss(conversation_id: int, member: Member) -> NotHolder:
    """Return the sentence for somebody whose claim is gone."""
    row = read_row(conversation_id)
    if row.holder is None or row.holder == member:
        return NotHolder(
            "Your claim has run out. What you typed is kept. Claim it again to go on.", holder=None
        )
    name = row.holder.name
    return NotHolder(f"{name} holds this conversation now. What you typed is kept.", holder=name)


def tell(actor: Member, conversation_id: int, holder: Member | None, deed: str, **details: str) -> None:
    """Tell the screens who holds it after commit, and write the trail now."""
    announce("claim", id=conversation_id, holder=holder.pk if holder else None)
    row = Conversation(pk=conversation_id)
    record(actor=actor, verb=f"conversation.{deed}", subject=row, **details)
