"""What scripts are shown."""

from inbox.api.answers.conversations import ConversationPage, ConversationShown, ConversationWhole
from inbox.api.answers.messages import MessageShown
from inbox.api.answers.work import (
    ClaimShown,
    ErrorShown,
    EscalationShown,
    NoteShown,
    ReplyShown,
    TeamPage,
    TeamShown,
)

__all__ = [
    "ClaimShown",
    "ConversationPage",
    "ConversationShown",
    "ConversationWhole",
    "ErrorShown",
    "EscalationShown",
    "MessageShown",
    "NoteShown",
    "ReplyShown",
    "TeamPage",
    "TeamShown",
]
