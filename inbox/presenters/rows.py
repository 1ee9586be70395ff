"""One line of a list of conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from inbox.capabilities import Capabilities
from inbox.enums import ConversationState, Urgency, Visibility
from inbox.models import Conversation
from triage.queries.routing import load_routes, needed

SHAPES = {Urgency.CRITICAL: "▲", Urgency.URGENT: "◆"}
TONES = {Urgency.CRITICAL: "critical", Urgency.URGENT: "urgent"}
BANDS = {
    0: ("Could not be judged: read these first", "unjudged"),
    1: ("Critical", "critical"),
    2: ("Urgent", "urgent"),
    3: ("Routine", ""),
}
TAGS_SHOWN = 2


@dataclass(frozen=True)
class Timer:
    """How long something waits, and how near its target is: `tone` is late, soon, calm or empty."""

    since: datetime
    due: datetime | None
    soon_seconds: int
    tone: str


@dataclass(frozen=True)
class Row:
    """One conversation in a list."""

    conversation: Conversation
    facts: Capabilities
    name: str
    address: str
    tone: str
    urgency: str
    timer: Timer
    tags: list[str]
    tags_left: int
    notes: list[str]
    held_by: str = ""
    is_mine: bool = False


@dataclass(frozen=True)
class BandGroup:
    """Rows of one band; `count` is None when more of it may follow on the next page."""

    title: str
    tone: str
    rows: list[Row] = field(default_factory=list)
    count: int | None = None


def present_rows(conversations: Sequence[Conversation], member: Any) -> list[Row]:
    """Return the lines for `member`."""
    now, routes = timezone.now(), load_routes(one.tags for one in conversations)
    return [present_row(one, member, now, routes) for one in conversations]


def present_row(
    conversation: Conversation, member: Any, now: datetime, routes: Mapping[str, list[str]]
) -> Row:
    """Return one line; the conversation comes with person, account, holder and `address`.

    `routes` are the skills that tags need.
    """
    holds = conversation.held_until is not None and conversation.held_until > now
    is_mine = holds and conversation.holder_id == member.pk
    urgency = Urgency(conversation.urgency)
    facts = conversation.account.capabilities
    notes = list_notes(conversation, facts)
    shown = max(1, TAGS_SHOWN - len(notes))
    return Row(
        conversation=conversation,
        facts=facts,
        name=name_person(conversation),
        address=getattr(conversation, "address", "") or "",
        tone=tone_of(conversation),
        urgency=word_of(urgency),
        timer=make_timer(conversation, now),
        tags=conversation.tags[:shown],
        tags_left=max(0, len(conversation.tags) - shown),
        notes=notes + [f"needs {skill}" for skill in needed(conversation.tags, routes)],
        held_by=conversation.holder.name if holds and conversation.holder else "",
        is_mine=is_mine,
    )


def word_of(urgency: Urgency) -> str:
    """Return the urgency's shape and word, so that it needs no colour."""
    if urgency == Urgency.NONE:
        return "No urgency"
    return f"{SHAPES.get(urgency, '')} {urgency.label}".strip()


def name_person(conversation: Conversation) -> str:
    """Return how the person is called: their name, else their address."""
    return conversation.person.name or getattr(conversation, "address", "") or "Unknown sender"


def tone_of(conversation: Conversation) -> str:
    """Return the word that decides colour and edge."""
    if conversation.unjudged:
        return "unjudged"
    return TONES.get(Urgency(conversation.urgency), "")


def list_notes(conversation: Conversation, facts: Capabilities) -> list[str]:
    """Return what else a line says: the state where it is not the usual one, and trouble."""
    notes = []
    if conversation.visibility == Visibility.PRIVATE and facts.public:
        notes.append("private message")
    if conversation.state != ConversationState.OPEN:
        notes.append(conversation.get_state_display().lower())
    if conversation.escalation_pending and conversation.state != ConversationState.ESCALATED:
        notes.append("escalation not acknowledged")
    if conversation.reply_trouble:
        notes.append("a reply needs you")
    if conversation.incident_number:
        notes.append(f"incident {conversation.incident_number}")
    return notes


def make_timer(conversation: Conversation, now: datetime) -> Timer:
    """Return the waiting time of what waits for the desk, or the age of the last message."""
    since = conversation.waiting_since
    if since is None:
        return Timer(conversation.last_message_at, None, 0, "calm")
    due = None if conversation.first_replied_at else conversation.first_reply_due_at
    target = settings.FIRST_REPLY_TARGETS[Urgency(conversation.urgency).name.lower()]
    soon = target // 2
    return Timer(since, due, soon, tone_of_wait(due, soon, now))


def tone_of_wait(due: datetime | None, soon: int, now: datetime) -> str:
    """Return late once the target is missed, soon in its second half."""
    if due is None:
        return ""
    left = (due - now).total_seconds()
    if left <= 0:
        return "late"
    return "soon" if left < soon else ""


def group_bands(rows: list[Row], is_last_page: bool) -> list[BandGroup]:
    """Return the rows under their bands' headings."""
    groups: list[BandGroup] = []
    bands = sorted({row.conversation.band for row in rows})
    for band in bands:
        title, tone = BANDS[band]
        inside = [row for row in rows if row.conversation.band == band]
        whole = is_last_page or band != bands[-1]
        groups.append(BandGroup(title, tone, inside, len(inside) if whole else None))
    return groups
