"""What happened in a conversation, in one order: said, sent, noted, graded, escalated, claimed."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Prefetch, Q, When

from audit.models import Entry
from audit.queries import trail_of
from inbox.enums import ReplyState
from inbox.models import Act, Conversation, Escalation, Grading, Message, Note, Reply

LIMIT = 100
MOST_EVENTS = 200
ON_THE_WAY = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.FAILED, ReplyState.UNKNOWN)
# Deeds of the trail that are shown between the messages. Those that have rows of their own (notes,
# gradings, escalations, replies) are not repeated, and reading is nobody's news.
SHOWN_DEEDS = (
    "conversation.claimed",
    "conversation.released",
    "conversation.taken_over",
    "conversation.assigned",
    "conversation.claim_ran_out",
    "conversation.resolved",
    "conversation.reopened",
    "conversation.tagged",
    "escalation.acknowledged",
    "escalation.withdrawn",
    "reply.taken_back",
    "urgency.raised",
)


@dataclass(frozen=True)
class Item:
    """One thing in the timeline, with the row that it shows.

    `kind` is "message", "reply", "note", "grading", "escalation" or "event"; `details` are an event's facts.
    """

    kind: str
    at: datetime
    row: Message | Reply | Note | Grading | Escalation | Entry
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Timeline:
    """Items, oldest first. `earlier` is what to pass as `before` for the part above; None at the top."""

    items: list[Item]
    earlier: int | None


@dataclass(frozen=True)
class Span:
    """The time that a page covers, `since` included and `until` not; None leaves an end open."""

    since: datetime | None
    until: datetime | None

    def covers(self, name: str) -> Q:
        """Return the condition that the field `name` lies in it."""
        ends = {f"{name}__gte": self.since, f"{name}__lt": self.until}
        return Q(**{end: moment for end, moment in ends.items() if moment is not None})


def load_timeline(conversation: Conversation, before: int | None = None, limit: int = LIMIT) -> Timeline:
    """Return the newest `limit` messages (those before the message `before`) and what happened between them.

    Message.DoesNotExist when `before` is not a message of this conversation.
    """
    last = Message.objects.only("received_at").get(pk=before, conversation=conversation) if before else None
    found = list_messages(conversation, last, limit + 1)
    messages, more = found[:limit], len(found) > limit
    span = Span(since=messages[-1].received_at if more else None, until=last.received_at if last else None)
    items = [Item("message", row.received_at, row) for row in messages]
    items += list_work(conversation, span) + list_events(conversation, span)
    # What was said comes before what was done about it when both carry the same moment.
    items.sort(key=lambda item: (item.at, item.kind != "message", item.row.pk))
    return Timeline(items=items, earlier=messages[-1].pk if more else None)


def list_messages(conversation: Conversation, last: Message | None, limit: int) -> list[Message]:
    """Return messages with all that a bubble shows (`has_html` too), newest first."""
    rows = conversation.messages.select_related("handle", "author").prefetch_related(
        "attachments", "edits", Prefetch("acts", Act.objects.select_related("author").order_by("-id"))
    )
    html = Case(When(html="", then=False), default=True, output_field=BooleanField())
    rows = rows.defer("search", "html").annotate(has_html=html)
    if last is not None:
        same_moment = Q(received_at=last.received_at, id__lt=last.pk)
        rows = rows.filter(Q(received_at__lt=last.received_at) | same_moment)
    return list(rows.order_by("-received_at", "-id")[:limit])


def list_work(conversation: Conversation, span: Span) -> list[Item]:
    """Return replies on their way, notes, gradings and escalations of the span."""
    inside = span.covers("created_at")
    replies = conversation.replies.filter(inside, state__in=ON_THE_WAY).select_related("author")
    notes = conversation.notes.filter(inside).select_related("author")
    gradings = conversation.gradings.filter(inside).select_related("author")
    escalations = conversation.escalations.filter(inside).select_related("author", "team")
    return [
        *(Item("reply", reply.created_at, reply) for reply in replies),
        *(Item("note", note.created_at, note) for note in notes),
        *(Item("grading", grading.created_at, grading) for grading in gradings),
        *(Item("escalation", escalation.created_at, escalation) for escalation in escalations),
    ]


def list_events(conversation: Conversation, span: Span) -> list[Item]:
    """Return the deeds of the trail that have no row of their own."""
    deeds = trail_of(conversation).filter(span.covers("at"), verb__in=SHOWN_DEEDS)
    newest = deeds.order_by("-id")[:MOST_EVENTS]
    return [Item("event", entry.at, entry, json.loads(entry.details)) for entry in newest]
