"""What triage is told of one message. Nothing here knows the database."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """One message with what surrounds it.

    `text` is the text as shown to staff; every span in a verdict counts its code points.
    `thread` holds the earlier texts of the conversation, oldest first; what we said ourselves
    begins with the force's name in square brackets. `channel` is an opaque word of the caller's.
    `previous_contacts` counts earlier messages of this person in the last 24 hours.
    """

    text: str
    thread: tuple[str, ...] = ()
    channel: str = ""
    private: bool = False
    sent_at: datetime | None = None
    previous_contacts: int = 0
    attachments: int = 0
