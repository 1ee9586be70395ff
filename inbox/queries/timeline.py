"""What happened in a conversation, in one order: said, sent, noted, graded, escalated, claimed."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Prefetch, Q, When

from audit.models import Entry
from audit.queries import trail_of
from audit.services import SEEN
from inbox.enums import ReplyState
from inbox.models import Act, Attachment, Conversation, Escalation, Grading, Message, MessageEdit, Note, Reply

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
    """Items, oldest first. `earlier` is what to pass as `before` for the part above; None at the top.

    `is_whole` says that nothing stands before or after: what the conversation holds need not be asked again.
    `deeds` are then the newest entries of its trail but for reading, newest first.
    """

    items: list[Item]
    earlier: int | None
    is_whole: bool = False
    deeds: tuple[Entry, ...] = ()

    def rows(self, kind: str) -> list[Any]:
        """Return the rows of one kind, oldest first."""
        return [item.row for item in self.items if item.kind == kind]


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
    there = find_present(conversation)
    found = list_messages(conversation, last, limit + 1, there)
    messages, more = found[:limit], len(found) > limit
    span = Span(since=messages[-1].received_at if more else None, until=last.received_at if last else None)
    items = [Item("message", row.received_at, row) for row in messages]
    is_whole = not more and last is None
    deeds = list_deeds(conversation) if is_whole else None
    items += list_work(conversation, span, there) + list_events(conversation, span, deeds)
    # What was said comes before what was done about it when both carry the same moment.
    items.sort(key=lambda item: (item.at, item.kind != "message", item.row.pk))
    return Timeline(items, earlier=messages[-1].pk if more else None, is_whole=is_whole, deeds=deeds or ())


def list_messages(
    conversation: Conversation, last: Message | None, limit: int, there: set[str]
) -> list[Message]:
    """Return messages with all that a bubble shows (`has_html` too), newest first."""
    parts = {
        "attachments": Attachment.objects.all(),
        "edits": MessageEdit.objects.all(),
        "acts": Act.objects.select_related("author").order_by("-id"),
    }
    # An empty query asks the database nothing.
    loads = [Prefetch(name, rows if name in there else rows.none()) for name, rows in parts.items()]
    rows = conversation.messages.select_related("handle", "author").prefetch_related(*loads)
    html = Case(When(html="", then=False), default=True, output_field=BooleanField())
    rows = rows.defer("search", "html").annotate(has_html=html)
    if last is not None:
        same_moment = Q(received_at=last.received_at, id__lt=last.pk)
        rows = rows.filter(Q(received_at__lt=last.received_at) | same_moment)
    return list(rows.order_by("-received_at", "-id")[:limit])


def list_work(conversation: Conversation, span: Span, there: set[str]) -> list[Item]:
    """Return replies on their way, notes, gradings and escalations of the span."""
    work = (
        ("reply", conversation.replies.filter(state__in=ON_THE_WAY).prefetch_related("files"), ("author",)),
        ("note", conversation.notes.all(), ("author",)),
        ("grading", conversation.gradings.all(), ("author",)),
        ("escalation", conversation.escalations.all(), ("author", "team")),
    )
    inside = span.covers("created_at")
    return [
        Item(kind, row.created_at, row)
        for kind, rows, related in work
        if kind in there
        for row in rows.filter(inside).select_related(*related)
    ]


def find_present(conversation: Conversation) -> set[str]:
    """Return which kinds of work and of parts of messages it has at all, in one trip; most have none."""
    work = {"reply": Reply, "note": Note, "grading": Grading, "escalation": Escalation}
    parts = {"attachments": Attachment, "edits": MessageEdit, "acts": Act}
    asked = [f'''"{model._meta.db_table}" WHERE conversation_id = %s''' for model in work.values()]
    asked += [
        f'''"{model._meta.db_table}" part JOIN inbox_message said ON said.id = part.message_id'''
        " WHERE said.conversation_id = %s"
        for model in parts.values()
    ]
    answers = ", ".join(f"EXISTS (SELECT 1 FROM {one})" for one in asked)  # noqa: S608 - our own tables
    kinds = [*work, *parts]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {answers}", [conversation.pk] * len(kinds))
        return {kind for kind, is_there in zip(kinds, cursor.fetchone(), strict=True) if is_there}


def list_deeds(conversation: Conversation) -> tuple[Entry, ...]:
    """Return the newest MOST_EVENTS entries of the trail, newest first; reading is nobody's news."""
    return tuple(trail_of(conversation).exclude(verb=SEEN).order_by("-id")[:MOST_EVENTS])


def list_events(conversation: Conversation, span: Span, deeds: tuple[Entry, ...] | None) -> list[Item]:
    """Return the deeds that have no row of their own; `deeds` is the whole trail where it was read before."""
    if deeds is not None and len(deeds) < MOST_EVENTS:
        newest = [entry for entry in deeds if entry.verb in SHOWN_DEEDS]
    else:
        shown = trail_of(conversation).filter(span.covers("at"), verb__in=SHOWN_DEEDS)
        newest = list(shown.order_by("-id")[:MOST_EVENTS])
    return [Item("event", entry.at, entry, json.loads(entry.details)) for entry in newest]
