"""Answer the public: the row is committed first, and leaves after the undo window (quality rule 4)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction

from audit.services import record
from inbox.enums import ReplyState, Visibility
from inbox.errors import BadInput, CannotReply, KeyReused, WrongState
from inbox.live import announce
from inbox.models import Attachment, Conversation, Draft, Reply
from inbox.queries.composing import Way, describe_composer
from inbox.services.attach import Upload, discard, drop_files, pick_files, store_uploads
from inbox.services.checks import ensure_current, ensure_hold
from inbox.services.draft import put_back_text
from inbox.services.parts import cut_into_parts, list_waiting_parts
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
    are the conversation's as drawn; None (a script) leaves that check out. `files` are ids of files in the
    actor's draft, `uploads` files that come along.
    """

    text: str
    visibility: str
    key: str
    seen_version: int | None = None
    fence: int | None = None
    files: tuple[int, ...] = ()
    uploads: tuple[Upload, ...] = ()


def reply(*, actor: Member, conversation_id: int, request: ReplyRequest) -> Reply:
    """Put a reply into the outbox; it leaves UNDO_SECONDS later. The same key and words again: the same row.

    Its files are in the storage before its row is written. Where a channel carries a text or a file, what
    does not fit into the first message waits in rows of its own; the first one is returned. NotHolder when
    somebody else holds the conversation or the claim has moved on, MovedOn when it has changed since it was
    drawn, CannotReply when channel, window, length, files or account forbid it, KeyReused when the key came
    with other words or files.
    """
    demand(can_work_inbox(actor))
    text = check_request(request)
    fresh = store_along(conversation_id, request)
    try:
        return store_reply(actor, conversation_id, replace(request, text=text), fresh)
    except IntegrityError as clash:
        discard(fresh)
        if KEY_ONCE not in str(clash):
            raise
        # The same key came for another conversation at the same moment, and that one was first.
        raise KeyReused("This key was used for another reply. Nothing was sent.") from None
    except BaseException:
        discard(fresh)
        raise


def store_along(conversation_id: int, request: ReplyRequest) -> list[Attachment]:
    """Put the files that came along into the storage."""
    if not request.uploads:
        return []
    conversation = Conversation.objects.select_related("account").get(pk=conversation_id)
    return store_uploads(request.uploads, conversation.account.capabilities)


@transaction.atomic
def store_reply(actor: Member, conversation_id: int, request: ReplyRequest, fresh: list[Attachment]) -> Reply:
    """Check everything under the conversation's lock, and keep the rows."""
    conversation = lock(conversation_id)
    files = [*pick_files(actor, conversation, request.files), *fresh]
    fingerprint = make_fingerprint(conversation_id, request, files)
    earlier = find_earlier(actor, request.key, fingerprint)
    if earlier:
        drop_files(files)
        return earlier
    if any(file.draft_id is None and file.pk for file in files):
        raise BadInput("A file went out with another reply. Nothing was sent; add it again.", field="files")
    now = read_clock()
    ensure_hold(conversation, actor, request.fence, now)
    ensure_current(conversation, request.seen_version)
    way = choose_way(conversation, request.visibility, now)
    check_content(way, request.text, files)
    row = Reply(
        conversation=conversation,
        author=actor,
        answers=way.answers,
        text=request.text,
        visibility=request.visibility,
        key=request.key,
        fingerprint=fingerprint,
        created_at=now,
        not_before=now + timedelta(seconds=settings.UNDO_SECONDS),
    )
    for part, its_files in cut_into_parts(row, files, apart=way.files.apart):
        store(part, its_files, now)
    empty_draft(row)
    keep(conversation, "holder", "held_until", "fence")
    return row


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
    waiting = list_waiting_parts(row)
    for part in [row, *waiting]:
        Reply.objects.filter(pk=part.pk).update(state=ReplyState.CANCELLED)
        part.state = ReplyState.CANCELLED
        put_back_text(part)
        announce("reply", id=part.pk, conversation=conversation.pk, state=part.state)
    keep(conversation)
    parts = {"parts": [part.pk for part in waiting]} if waiting else {}
    record(actor=actor, verb="reply.taken_back", subject=conversation, reply=row.pk, **parts)
    return row


def check_request(request: ReplyRequest) -> str:
    """Return the text as it will be sent; BadInput when something is missing."""
    if request.visibility not in Visibility.values:
        raise BadInput("Choose whether the reply is public or private.", field="visibility")
    if not request.key or len(request.key) > 80:
        raise BadInput("The key must be 1 to 80 characters long. Nothing was sent.", field="idempotency_key")
    check_text(request.key, field="idempotency_key", limit=80)
    if request.files or request.uploads:
        return check_text(request.text.replace("\r\n", "\n").strip(), field="text", limit=LONGEST)
    return need_text(request.text, field="text", sentence="Write something first.", limit=LONGEST)


def make_fingerprint(conversation_id: int, request: ReplyRequest, files: list[Attachment]) -> str:
    """Return what the same key must say again, whatever the files' rows are called by then."""
    whole = [str(conversation_id), request.visibility, request.text]
    for file in files:
        whole += [file.name, bytes(file.sha256 or b"").hex(), file.alternative]
    return sha256("\x00".join(whole).encode()).hexdigest()


def find_earlier(actor: Member, key: str, fingerprint: str) -> Reply | None:
    """Return the reply that this key made before; KeyReused when it said something else."""
    row = Reply.objects.filter(author=actor, key=key).first()
    if row and row.fingerprint != fingerprint:
        raise KeyReused("This key was used for another reply. Nothing was sent.", reply=row.pk)
    return row


def choose_way(conversation: Conversation, visibility: str, now: datetime) -> Way:
    """Return how to answer; CannotReply with the composer's own sentence when it is closed."""
    way = describe_composer(conversation, now).way(visibility)
    if way.refusal:
        raise CannotReply(way.refusal, visibility=visibility)
    return way


def check_content(way: Way, text: str, files: list[Attachment]) -> None:
    """Check length and files; CannotReply with the composer's own sentence."""
    too_long = way.explain_length(text)
    if too_long:
        raise CannotReply(too_long, visibility=way.visibility, length=way.measure(text), limit=way.limit)
    problem = way.explain_files(files)
    if problem:
        raise CannotReply(f"{problem} Nothing was sent.", visibility=way.visibility, field="files")


def store(row: Reply, files: list[Attachment], now: datetime) -> None:
    """Keep one row with its files, and the trail with it."""
    row.save(force_insert=True)
    for file in files:
        file.reply, file.draft = row, None
        file.save()
    announce("reply", id=row.pk, conversation=row.conversation_id, state=row.state)
    sums = {"files_sha256": [bytes(file.sha256 or b"").hex() for file in files]} if files else {}
    record(
        actor=row.author,
        verb="reply.queued",
        subject=row.conversation,
        reply=row.pk,
        visibility=row.visibility,
        at=now,
        text_sha256=sha256(row.text.encode()).hexdigest(),
        **sums,
    )


def empty_draft(row: Reply) -> None:
    """Clear the author's draft; files that another window added meanwhile stay in it."""
    draft = Draft.objects.filter(conversation=row.conversation, author=row.author).first()
    if draft is None:
        return
    if draft.files.exists():
        draft.text = ""
        draft.save(update_fields=["text", "updated_at"])
    else:
        draft.delete()
