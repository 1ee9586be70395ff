"""The files of a message: what came along is stored now, what has an address is fetched later."""

import hashlib
import uuid
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from inbox.enums import AttachmentState
from inbox.incoming import IncomingFile
from inbox.models import Attachment, Message
from inbox.text import fit

MOST_FILES = 500
NO_WAY = "The channel named a file but gave no way to fetch it."


def keep_files(message: Message, files: tuple[IncomingFile, ...], now: datetime) -> list[Attachment]:
    """Return rows for a message's files; bytes that came along are in storage before any row is written.

    A storage that fails stops the page, which is collected again: better late than without its evidence.
    """
    return [_keep(message, file, now) for file in files[:MOST_FILES]]


def _keep(message: Message, file: IncomingFile, now: datetime) -> Attachment:
    row = Attachment(
        message=message,
        name=fit(file.name, 255),
        media_type=fit(file.media_type, 120) or "application/octet-stream",
        source=fit(file.source, 2000),
        alternative=fit(file.alternative, 1000),
        content_id=fit(file.content_id, 200),
    )
    if file.content is not None:
        row.size, row.sha256 = len(file.content), hashlib.sha256(file.content).digest()
        row.stored_as = store_file(file.content)
        row.state = AttachmentState.STORED
    elif file.source:
        row.state, row.next_attempt_at = AttachmentState.WAITING, now
    else:
        row.state, row.problem = (
            AttachmentState.REFUSED,
            NO_WAY,
        )
    return row


def store_file(content: bytes) -> str:
    """Write bytes under a name of our own and return it; a stranger's file name never reaches the disk."""
    name = uuid.uuid4().hex
    return default_storage.save(f"{name[:2]}/{name}", ContentFile(content))
