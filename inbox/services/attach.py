"""Files that staff add to an answer: checked by their bytes, kept with the draft until it leaves."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from inbox.capabilities import Capabilities
from inbox.enums import AttachmentState
from inbox.errors import BadInput
from inbox.filetypes import PICTURES, TYPES, ending_of, find_type
from inbox.models import Attachment, Conversation, Draft
from inbox.services.ingest.files import store_file
from inbox.services.steps import check_text, demand
from staff.models import Member
from staff.permissions import can_work_inbox

LONGEST_NAME, LONGEST_ALTERNATIVE = 120, 1_000
KEPT = "Nothing was added; everything else is kept."


@dataclass(frozen=True)
class Upload:
    """A file as it came from a browser or a script."""

    name: str
    content: bytes
    alternative: str = ""


def add_files(*, actor: Member, conversation_id: int, uploads: Sequence[Upload]) -> list[Attachment]:
    """Keep files with the actor's draft and return their rows; the same bytes again are the same file.

    BadInput(field="files") when one is of no kind or size that goes out here, or they are too many.
    """
    demand(can_work_inbox(actor))
    conversation = Conversation.objects.select_related("account").get(pk=conversation_id)
    fresh = store_uploads(uploads, conversation.account.capabilities)
    try:
        return keep_with_draft(actor, conversation, fresh)
    except BaseException:
        discard(fresh)
        raise


@transaction.atomic
def keep_with_draft(actor: Member, conversation: Conversation, fresh: list[Attachment]) -> list[Attachment]:
    """Write the rows of stored files under the draft's lock."""
    Draft.objects.get_or_create(conversation=conversation, author=actor)
    draft = Draft.objects.select_for_update().get(conversation=conversation, author=actor)
    known = {bytes(row.sha256 or b""): row for row in draft.files.all()}
    facts = conversation.account.capabilities
    most = max(facts.public_files.most, facts.private_files.most)
    new = [row for row in fresh if bytes(row.sha256 or b"") not in known]
    if len(known) + len(new) > most:
        raise BadInput(f"{most} files are the most that can go out here. {KEPT}", field="files")
    for row in new:
        row.draft = draft
        row.save()
    discard(row for row in fresh if row not in new)
    return [known.get(bytes(row.sha256 or b""), row) for row in fresh]


@transaction.atomic
def remove_file(*, actor: Member, conversation_id: int, file_id: int) -> None:
    """Take a file off the actor's draft; one that is not there any more is no fault."""
    demand(can_work_inbox(actor))
    mine = Attachment.objects.filter(
        pk=file_id, draft__author=actor, draft__conversation=conversation_id
    ).select_for_update(of=("self",))
    row = mine.first()
    if row is not None:
        row.delete()
        forget_bytes([row])


@transaction.atomic
def describe_files(*, actor: Member, conversation_id: int, alternatives: Mapping[int, str]) -> None:
    """Write what stands for pictures where they cannot be seen."""
    demand(can_work_inbox(actor))
    mine = Attachment.objects.filter(
        pk__in=alternatives, draft__author=actor, draft__conversation=conversation_id
    )
    for row in mine.order_by("pk").select_for_update(of=("self",)):
        words = alternatives[row.pk].strip()
        row.alternative = check_text(words, field="alternative", limit=LONGEST_ALTERNATIVE)
        row.save(update_fields=["alternative"])


def store_uploads(uploads: Sequence[Upload], facts: Capabilities) -> list[Attachment]:
    """Check files and put their bytes into the storage; the rows are not written yet."""
    checked = [check_upload(upload, facts) for upload in uploads]
    rows: list[Attachment] = []
    try:
        for row, upload in zip(checked, uploads, strict=True):
            row.stored_as = store_file(upload.content)
            rows.append(row)
    except BaseException:
        discard(rows)
        raise
    return rows


def check_upload(upload: Upload, facts: Capabilities) -> Attachment:
    """Return the row of a file, not yet stored. BadInput says what is wrong with it."""
    name = clean_name(upload.name)
    ways = [rules for rules in (facts.public_files, facts.private_files) if rules.most]
    if not ways:
        raise BadInput(f"No files can go out here. {KEPT}", field="files")
    media_type = find_type(upload.content, name)
    kinds = [kind for rules in ways for kind in rules.kinds if media_type in kind.types]
    said = " ".join(dict.fromkeys(rules.describe() for rules in ways))
    if not upload.content:
        raise BadInput(f"{name} is empty. {KEPT}", field="files")
    if not kinds:
        raise BadInput(f"{name} is of no kind that can go out here. {said} {KEPT}", field="files")
    label, endings = TYPES[media_type]
    if ending_of(name) not in endings:
        if "." in name:
            raise BadInput(
                f"{name} calls itself something else than it is: its content is {label}. {KEPT}",
                field="files",
            )
        name = f"{name}.{endings[0]}"
    if len(upload.content) > max(kind.most_bytes for kind in kinds):
        raise BadInput(f"{name} is too large. {said} {KEPT}", field="files")
    words = check_text(upload.alternative.strip(), field="alternative", limit=LONGEST_ALTERNATIVE)
    return Attachment(
        name=name,
        media_type=media_type,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).digest(),
        alternative=words if media_type in PICTURES else "",
        state=AttachmentState.STORED,
    )


def clean_name(name: str) -> str:
    """Return a file's name without folders and without characters that mislead or cannot be kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(one for one in last if unicodedata.category(one)[0] != "C").strip(" .")
    head, dot, ending = plain.rpartition(".")
    if dot and len(ending) < 10:
        return f"{head[: LONGEST_NAME - len(ending) - 1]}.{ending}" if head else f"file.{ending}"
    return plain[:LONGEST_NAME] or "file"


def pick_files(actor: Member, conversation: Conversation, ids: Sequence[int]) -> list[Attachment]:
    """Return files of the actor's draft, or of a reply that the same press made before, in their order.

    BadInput when one of them is not there any more.
    """
    if not ids:
        return []
    mine = Q(draft__author=actor, draft__conversation=conversation)
    went = Q(reply__author=actor, reply__conversation=conversation)
    found = list(Attachment.objects.filter(mine | went, pk__in=ids).order_by("pk"))
    if len(found) != len(set(ids)):
        raise BadInput(
            "A file is not there any more. Nothing was sent; look at the files below.", field="files"
        )
    return found


def drop_files(files: Iterable[Attachment]) -> None:
    """Delete files that still lie in a draft or were never written, with their bytes."""
    rows = [row for row in files if row.reply_id is None]
    Attachment.objects.filter(pk__in=[row.pk for row in rows if row.pk], reply=None, message=None).delete()
    forget_bytes(rows)


def forget_bytes(rows: Sequence[Attachment]) -> None:
    """Delete stored bytes once their rows are surely gone."""
    transaction.on_commit(partial(discard, rows))


def discard(rows: Iterable[Attachment]) -> None:
    """Delete the bytes of files that no row points to; those of a row that was kept after all stay."""
    names = [row.stored_as for row in rows if row.stored_as]
    kept = (
        set(Attachment.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))
        if names
        else ()
    )
    for name in names:
        if name not in kept:
            default_storage.delete(name)
