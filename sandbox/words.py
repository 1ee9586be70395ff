"""What a member of the public says, on any of the channels."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.mail import Attachment


@dataclass(frozen=True, kw_only=True)
class Words:
    """`author` is a free name ("Jo M.") or a handle ("@jo_m_le3"); the rest as `world.More` says."""

    author: str
    text: str
    in_reply_to: str | None = None
    to: str | None = None
    created_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    mention: bool = True
    late: bool = False
    protected: bool = False
    place: str | None = None
    quotes: str | None = None
    group: str | None = None
