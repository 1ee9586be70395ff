"""A letter from the public and the MIME text it becomes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Attachment:
    name: str
    type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """`author` is a free name ("Jo M.") or an address; `to` is a mailbox of the force."""

    author: str
    text: str
    subject: str | None = None
    in_reply_to: str | None = None
    to: str = "desk@northshire.example"
    created_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
