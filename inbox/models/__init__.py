"""The inbox's rows, by subject."""

from inbox.models.act import Act
from inbox.models.alarm import AlarmCall, AlarmStep
from inbox.models.conversation import Conversation
from inbox.models.escalation import Escalation, Notice, Team
from inbox.models.message import Attachment, Message, MessageEdit, RawPayload
from inbox.models.people import Handle, Person
from inbox.models.reply import Draft, Grading, Note, Reply

__all__ = [
    "Act",
    "AlarmCall",
    "AlarmStep",
    "Attachment",
    "Conversation",
    "Draft",
    "Escalation",
    "Grading",
    "Handle",
    "Message",
    "MessageEdit",
    "Note",
    "Notice",
    "Person",
    "RawPayload",
    "Reply",
    "Team",
]
