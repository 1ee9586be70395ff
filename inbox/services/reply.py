"""Answer the public: the row is committed first, and leaves after the undo window (quality rule 4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction

from audit.services import record
from inbox.enums import ReplyState, Visibility
from inbox.errors import BadInput, CannotReply, KeyReused, WrongState
from inbox.live import announce
from inbox.models import Conversation, Draft, Message, Reply
from inbox.queries.composing import describe_composer
from inbox.services.checks import ensure_current, ensure_hold
from inbox.services.draft import put_back_text
from inbox.services.settle import confirm_sent, send_again
from inbox.services.steps import check_text, demand, keep, lock, need_text, read_clock
from staff.models import Member
from staff.permissions import can_run_shift, can_work_inbox

__all__ = ["ReplyRequest", "confirm_sent", "reply", "send_again", "take_back"]
LONGEST = 100_000
KEY_ONCE = "reply_key_once"


@dataclass(frozen=True)
class ReplyRequest:
    """What somebody wants to say, and what they had on their screen when they said it.

    `key` is chosen by the compose box: the same key again gives the same reply. `seen_version` and `fence`
    are the conversation's as drawn; None (a script) leaves that check out.
    """

    text: str
    visibility: str
    key: str
    seen_version: int | None = None
    fence: int | None = None


def reply(*, actor: Member, conversation_id: int, request: ReplyRequest) -> Reply:
    """Put a reply into the outbox; it leaves UNDO_SECONDS later. The same key and text again: the same row.

    NotHolder when somebody else holds the conversation or the claim has moved on, MovedOn when it has changed
    since it was drawn, CannotReply when channel, window, length or account forbid it, KeyReused when the key
    came with another text.
    """
    demand(can_work_inbox(actor))
    try:
        return store_reply(actor, conversation_id, request)
    except IntegrityError as clash:
        if KEY_ONCE not in str(clash):
            raise
        # The same key came for another conversation at the same moment, and that one was first.
        raise KeyReused("This key was used for another reply. Nothing was sent.") from None


@transaction.atomic
def store_reply(actor: Member, conversation_id: int, request: ReplyRequest) -> Reply:
    """Check everything under the conversation's lock, and keep the row."""
    text, fingerprint = check_request(conversation_id, request)
    conversation = lock(conversation_id)
    earlier = find_earlier(actor, request.key, fingerprint)
    if earlier:
        return earlier
    now = read_clock()
    ensure_hold(conversation, actor, request.fence, now)
    ensure_current(conversation, request.seen_version)
    answers = choose_target(conversation, request.visibility, text, now)
    row = Reply(
        conversation=conversation,
        author=actor,
        answers=answers,
        text=text,
        visibility=request.visibility,
        key=request.key,
        fingerprint=fingerprint,
        created_at=now,
        not_before=now + timedelta(seconds=settings.UNDO_SECONDS),
    )
    return store(row, conversation, now)


@transaction.atomic
def take_back(*, actor: Member, reply_id: int) -> Reply:
    """Stop a reply that has not left; its text goes back into the author's draft.

    The author or a supervisor may; WrongState when it has left or was taken back already.
    """
    demand(can_work_inbox(actor))
    row = Reply.objects.select_related("conversation", "author").get(pk=reply_id)
    demand(row.author == actor or can_run_shift(actor))
    conversation = lock(row.conversation_id)
    queued = Reply.objects.filter(pk=reply_id, state=ReplyState.QUEUED)
    if not queued.update(state=ReplyState.CANCELLED):
        row.refresh_from_db(fields=["state"])
        label = ReplyState(row.state).label.lower()
        raise WrongState(f"The reply is {label} and cannot be taken back.", state=row.state)
    row.state = ReplyState.CANCELLED
    put_back_text(row)
    keep(conversation)
    announce("reply", id=row.pk, conversation=conversation.pk, state=row.state)
    record(actor=actor, verb="reply.taken_back", subject=conversation, reply=row.pk)
    return row


def check_request(conversation_id: int, request: ReplyRequest) -> tuple[str, str]:
    """Return the text as it will be sent and its fingerprint; BadInput when something is missing."""
    if request.visibility not in Visibility.values:
        raise BadInput("Choose whether the reply is public or private.", field="visibility")
    if not request.key or len(request.key) > 80:
        raise BadInput("The key must be 1 to 80 characters long. Nothing was sent.", field="idempotency_key")
    check_text(request.key, field="idempotency_key", limit=80)
    text = need_text(request.text, field="text", sentence="Write something first.", limit=LONGEST)
    whole = "\x00".join((str(conversation_id), request.visibility, text))
    return text, sha256(whole.encode()).hexdigest()


def find_earlier(actor: Member, key: str, fingerprint: str) -> Reply | None:
    """Return the reply that this key made before; KeyReused when it said something else."""
    row = Reply.objects.filter(author=actor, key=key).first()
    if row and row.fingerprint != fingerprint:
        raise KeyReused("This key was used for another reply. Nothing was sent.", reply=row.pk)
    return row


def choose_target(conversation: Conversation, visibility: str, text: str, now: datetime) -> Message | None:
    """Return the message to answer; CannotReply with the composer's own sentence when there is none."""
    way = describe_composer(conversation, now).way(visibility)
    if way.refusal:
        raise CannotReply(way.refusal, visibility=visibility)
    too_long = way.explain_length(text)
    if too_long:
        raise CannotReply(too_long, visibility=visibility, length=way.measure(text), limit=way.limit)
    return way.answers


def store(row: Reply, conversation: Conversation, now: datetime) -> Reply:
    """Keep the row, the claim and the trail together, and clear the author's draft."""
    row.save(force_insert=True)
    Draft.objects.filter(conversation=conversation, author=row.author).delete()
    keep(conversation, "holder", "held_until", "fence")
    announce("reply", id=row.pk, conversation=conversation.pk, state=row.state)
    record(
        actor=row.author,
        verb="reply.queued",
        subject=conversation,
        reply=row.pk,
        visibility=row.visibility,
        at=now,
        text_sha256=sha256(row.text.encode()).hexdigest(),
    )
    return row
