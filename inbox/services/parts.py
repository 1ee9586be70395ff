"""An answer in several messages, where a channel carries a text or a file: each waits for the one before."""

import uuid
from copy import copy

from inbox.enums import ReplyState
from inbox.live import announce
from inbox.models import Attachment, Reply

FOLLOWS = "follows"
WHY = "What stands before it was not sent, so this was not sent either."


def cut_into_parts(
    row: Reply, files: list[Attachment], *, apart: bool
) -> list[tuple[Reply, list[Attachment]]]:
    """Return the rows to be stored, each with its files: one, or one for the text and one for every file."""
    if not apart or len(files) + bool(row.text) < 2:
        return [(row, files)]
    contents: list[list[Attachment]] = (
        [[], *([file] for file in files)] if row.text else [[one] for one in files]
    )
    parts = [(row, contents[0])]
    for its_files in contents[1:]:
        part = copy(row)
        part.pk, part._state = None, type(row._state)()
        part.text, part.key, part.after = "", f"part-{uuid.uuid4().hex}", parts[-1][0]
        parts.append((part, its_files))
    return parts


def list_waiting_parts(row: Reply) -> list[Reply]:
    """Return the parts that wait for this one, in their order. The caller holds the conversation's lock."""
    return follow(row, state=ReplyState.QUEUED)


def follow(row: Reply, **wanted: str) -> list[Reply]:
    """Return the chain of parts after `row` that are as wanted."""
    found: list[Reply] = []
    before: Reply | None = row
    while before is not None:
        before = Reply.objects.filter(after=before, **wanted).select_related("conversation", "author").first()
        if before is not None:
            found.append(before)
    return found


def fail_parts(row: Reply) -> None:
    """Let what waits for a part that was not sent fail as well: half an answer is for people to decide."""
    for part in list_waiting_parts(row):
        Reply.objects.filter(pk=part.pk).update(
            state=ReplyState.FAILED, error_kind=FOLLOWS, error_text=WHY, lease_until=None
        )
        announce("reply", id=part.pk, conversation=part.conversation_id, state=ReplyState.FAILED.value)


def queue_parts(row: Reply) -> None:
    """Let the parts that failed with this one wait for it again."""
    for part in follow(row, state=ReplyState.FAILED, error_kind=FOLLOWS):
        Reply.objects.filter(pk=part.pk).update(
            state=ReplyState.QUEUED, error_kind="", error_text="", not_before=row.not_before
        )
        announce("reply", id=part.pk, conversation=part.conversation_id, state=ReplyState.QUEUED.value)
