"""How a conversation stands after what was just said: its state, urgency, waiting time and excerpt."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from audit.services import Deed
from inbox.enums import ConversationState, Outcome, Urgency
from inbox.facts import quote_earlier
from inbox.incoming import Incoming
from inbox.models import Conversation, Message
from inbox.services.ingest.excerpt import cut_excerpt
from inbox.services.ingest.judge import Judgement, read_marks

MOST_TAGS = 30
KEPT_EARLIER = 6
NO_TEXT = "(no text)"
# A conversation that begins with a message of ours, written outside the desk, waits for nobody.
BEGUN_OUTSIDE = "Begun by us, outside the desk."


@dataclass(slots=True)
class Standing:
    """A conversation while a page is stored. `earlier` are the thread's texts as triage wants them.

    `voices` are the keys and addresses of who is in it, on channels where that is looked at.
    """

    row: Conversation
    now: datetime
    fresh: bool
    earlier: list[str] = field(default_factory=list)
    touched: bool = False
    deeds: list[Deed] = field(default_factory=list)
    voices: set[str] = field(default_factory=set)

    def hear(self, message: Message, judgement: Judgement, *, lost_reply: bool = False) -> None:
        """Take in a new message of the public; `lost_reply` when it says that a reply of ours came back."""
        self._remember(message)
        if lost_reply:
            self._lose_reply(message)
            return
        quiet = message.deleted_at is not None or (message.automatic and not _is_urgent(judgement))
        if quiet and not self._is_empty():
            return
        self._wait(message, judgement)
        self._show(message, judgement)

    def meet(self, message: Message, item: Incoming) -> None:
        """Mark a message whose author is nobody of the thread: knowing its id is enough to write into it."""
        if item.named is None:
            return
        key = item.author.key.lower()
        if self.voices and key not in self.voices:
            message.terms["newcomer"] = True
            self._note("message.newcomer", message)
            return
        self.voices |= {key, *(one.lower() for one in (*item.named, *item.terms.recipients))}

    def overhear(self, message: Message) -> None:
        """Take in what our account said outside the desk: shown, but it answers for nobody."""
        if self._is_empty():
            self.row.state, self.row.outcome = ConversationState.RESOLVED, Outcome.NO_ACTION
            self.row.outcome_reason, self.row.resolved_at = BEGUN_OUTSIDE, self.now
            self.row.excerpt = cut_excerpt(message.text, ())[0]
        self._remember(message)

    def shows(self, message: Message) -> bool:
        """Say whether the conversation's excerpt is this message's."""
        return (
            self.row.excerpt
            == cut_excerpt(message.text, tuple(read_marks(message.verdict)), message.subject or NO_TEXT)[0]
        )

    def reconsider(self, message: Message, judgement: Judgement, before: int, *, shown: bool) -> None:
        """Take in an edit: it may raise the urgency and open the conversation, never lower or close it."""
        self.touched = True
        worse = judgement.level > before or judgement.unjudged
        if self.row.state == ConversationState.OPEN:
            self._raise(judgement, message, tell=not self.fresh)
        elif worse and _is_urgent(judgement):
            self._wait(message, judgement)
        if shown:
            self._show(message, judgement)

    def _lose_reply(self, message: Message) -> None:
        """Put it back in front of people as it was: what was asked has not been answered after all."""
        row = self.row
        row.reply_trouble = True
        if row.state == ConversationState.RESOLVED:
            row.outcome, row.outcome_reason, row.resolved_at = "", "", None
        row.state, row.waiting_since = ConversationState.OPEN, row.waiting_since or self.now
        self._note("reply.undelivered", message)

    def _note(self, verb: str, message: Message, **details: Any) -> None:
        self.deeds.append(Deed(verb, self.row, {"message": message.remote_id, **details}))

    def _remember(self, message: Message) -> None:
        self.touched = True
        self.row.last_message_at = self.now
        self.earlier.append(quote_earlier(message.direction, message.text))
        del self.earlier[:-KEPT_EARLIER]

    def _wait(self, message: Message, judgement: Judgement) -> None:
        row = self.row
        resolved = row.state == ConversationState.RESOLVED
        if resolved or row.state == ConversationState.WAITING:
            self._begin_again()
        row.state = ConversationState.OPEN
        row.waiting_since = row.waiting_since or self.now
        standing = not resolved or row.graded_by_id is not None
        self._raise(judgement, message, tell=standing and not self.fresh)

    def _is_empty(self) -> bool:
        """Say whether nobody of the public has said anything in it yet."""
        return self.fresh and self.row.waiting_since is None

    def _begin_again(self) -> None:
        """Open it again. An answer does not end a danger, so only what was resolved is judged afresh.

        A person's grading stays in either case.
        """
        row = self.row
        row.unjudged, row.waiting_since = False, None
        if row.state == ConversationState.RESOLVED:
            row.urgency = row.urgency if row.graded_by_id is not None else Urgency.NONE
            row.score = 0.0
            row.outcome, row.outcome_reason, row.resolved_at = "", "", None
            row.first_replied_at = row.first_reply_due_at = None

    def _raise(self, judgement: Judgement, message: Message, *, tell: bool) -> None:
        row, level = self.row, int(judgement.level)
        if level > row.urgency:
            if tell:
                self._note("conversation.urgency_raised", message, before=row.urgency, after=level)
            row.urgency = level
        row.score = max(row.score, judgement.score)
        row.unjudged = row.unjudged or judgement.unjudged
        row.tags = list(dict.fromkeys((*row.tags, *judgement.tags)))[:MOST_TAGS]
        if row.first_replied_at is None and row.waiting_since is not None:
            due = row.waiting_since + self._target()
            row.first_reply_due_at = min(due, row.first_reply_due_at or due)

    def _target(self) -> timedelta:
        level = max(self.row.urgency, Urgency.URGENT) if self.row.unjudged else self.row.urgency
        return timedelta(seconds=settings.FIRST_REPLY_TARGETS[Urgency(level).name.lower()])

    def _show(self, message: Message, judgement: Judgement) -> None:
        instead = message.subject or NO_TEXT
        self.row.excerpt, self.row.excerpt_marks = cut_excerpt(message.text, judgement.spans, instead)


def _is_urgent(judgement: Judgement) -> bool:
    return judgement.level >= Urgency.URGENT or judgement.unjudged
