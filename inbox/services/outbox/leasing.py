"""Take what is due from the outbox, for one process at a time, by the database's clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from inbox.enums import ReplyState
from inbox.live import announce
from inbox.models import Attachment, Message, Reply
from inbox.services.steps import Clock, read_clock

# Seconds after which an unknown reply is looked for; after the last look only people decide.
LOOKS = (0, 15, 60, 300, 900)
REFERENCES = 30


@dataclass(frozen=True)
class LeasedFile:
    """A file of a reply; `stored_as` is its name in the storage."""

    name: str
    media_type: str
    size: int
    sha256: bytes
    alternative: str
    stored_as: str


@dataclass(frozen=True)
class LeasedReply:
    """A reply that this process alone may send (or look for) until the lease runs out.

    `terms` are those of the answered message as its connector gave them (inbox.incoming.ReplyTerms, as JSON).
    """

    reply_id: int
    account_id: int
    conversation_id: int
    fence: int
    attempts: int
    text: str
    visibility: str
    target: str
    subject: str
    chosen_id: str
    in_reply_to: str
    references: tuple[str, ...]
    thread_key: str
    attempted_at: datetime
    looks: int = 0
    terms: dict[str, Any] = field(default_factory=dict)
    files: tuple[LeasedFile, ...] = ()


def due_replies(limit: int = 100) -> list[int]:
    """Return the ids of replies that may leave now, longest due first; one a conversation, in order."""
    due = Reply.objects.filter(_first_in_line(), state=ReplyState.QUEUED, not_before__lte=Clock())
    return list(due.order_by("not_before", "id").values_list("id", flat=True)[:limit])


def due_looks(limit: int = 100) -> list[int]:
    """Return the ids of replies of unknown fate that should be looked for now."""
    due = Reply.objects.filter(state=ReplyState.UNKNOWN, next_look_at__lte=Clock())
    return list(due.order_by("next_look_at", "id").values_list("id", flat=True)[:limit])


@transaction.atomic
def lease_reply(reply_id: int, seconds: float = 60) -> LeasedReply | None:
    """Turn a due reply to `sending` for this process; None when it is not due or somebody else has it."""
    due = Reply.objects.filter(
        _first_in_line(), pk=reply_id, state=ReplyState.QUEUED, not_before__lte=Clock()
    )
    taken = due.update(
        state=ReplyState.SENDING,
        attempts=F("attempts") + 1,
        lease_fence=F("lease_fence") + 1,
        lease_until=Clock() + timedelta(seconds=seconds),
        attempted_at=Clock(),
    )
    if not taken:
        return None
    leased = _describe(reply_id)
    announce("reply", id=reply_id, conversation=leased.conversation_id, state=ReplyState.SENDING.value)
    return leased


@transaction.atomic
def lease_look(reply_id: int) -> LeasedReply | None:
    """Take a due look at an unknown reply and set the next one; None when it is not due any more."""
    due = Reply.objects.filter(pk=reply_id, state=ReplyState.UNKNOWN, next_look_at__lte=Clock())
    reply = due.select_for_update(skip_locked=True).first()
    if reply is None:
        return None
    reply.looks += 1
    reply.next_look_at = None
    if reply.looks < len(LOOKS):
        reply.next_look_at = read_clock() + timedelta(seconds=LOOKS[reply.looks] - LOOKS[reply.looks - 1])
    reply.save(update_fields=["looks", "next_look_at"])
    return _describe(reply_id)


def choose_id(reply_id: int, fence: int, chosen_id: str) -> bool:
    """Store the id that we chose for the wire (a mail's Message-ID); False when the lease is gone."""
    held = Reply.objects.filter(pk=reply_id, state=ReplyState.SENDING, lease_fence=fence)
    return held.update(chosen_id=chosen_id) == 1


def _first_in_line() -> Any:
    earlier = Reply.objects.filter(
        conversation=OuterRef("conversation"),
        id__lt=OuterRef("id"),
        state__in=(ReplyState.QUEUED, ReplyState.SENDING),
    )
    unsent = Reply.objects.filter(pk=OuterRef("after")).exclude(state=ReplyState.SENT)
    return ~Exists(earlier) & ~Exists(unsent)


def _describe(reply_id: int) -> LeasedReply:
    rows = Reply.objects.select_related("conversation", "answers").defer("answers__search")
    reply = rows.get(pk=reply_id)
    conversation, answers = reply.conversation, reply.answers
    terms = answers.terms if answers else {}
    told = Message.objects.filter(conversation=conversation, unreadable=False).order_by("-received_at", "-id")
    return LeasedReply(
        reply_id=reply.pk,
        account_id=conversation.account_id,
        conversation_id=conversation.pk,
        fence=reply.lease_fence,
        attempts=reply.attempts,
        text=reply.text,
        visibility=reply.visibility,
        target=terms.get(f"{reply.visibility}_target", ""),
        subject=(answers.subject if answers else "") or conversation.subject,
        chosen_id=reply.chosen_id,
        in_reply_to=answers.remote_id if answers else "",
        references=tuple(reversed(told.values_list("remote_id", flat=True)[:REFERENCES])),
        thread_key=conversation.thread_key,
        attempted_at=reply.attempted_at or reply.not_before,
        looks=reply.looks,
        terms=terms,
        files=tuple(_describe_file(file) for file in reply.files.order_by("pk")),
    )


def _describe_file(file: Attachment) -> LeasedFile:
    return LeasedFile(
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=bytes(file.sha256 or b""),
        alternative=file.alternative,
        stored_as=file.stored_as,
    )
