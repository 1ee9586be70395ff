"""The thread as it is drawn: messages, replies on their way, notes and what was done, day by day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from inbox.enums import Direction, ReplyState, Urgency, Visibility
from inbox.filetypes import PICTURES
from inbox.marks import is_marked
from inbox.models import Attachment, Conversation, Escalation, Grading, Message, Note, Reply
from inbox.presenters.acts import ActButton, list_acts
from inbox.presenters.deeds import describe_deed
from inbox.queries.composing import explain_newcomer, explain_refused
from inbox.queries.timeline import Item, Timeline
from inbox.visible import Span

LONG_TEXT = 6_000


@dataclass(frozen=True)
class Line:
    """One thing in the thread; `kind` names the partial template that draws it. `key` never changes."""

    kind: str
    key: str
    at: datetime
    row: Any
    who: str = ""
    what: str = ""
    css: str = ""
    spans: list[Span] = field(default_factory=list)
    text: str = ""
    rest: str = ""
    day: str = ""
    pictures: list[Attachment] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    caution: str = ""
    acts: list[ActButton] = field(default_factory=list)


def present_thread(timeline: Timeline, conversation: Conversation, member: Any) -> list[Line]:
    """Return the thread's lines, the first of each day carrying its name."""
    lines, day = [], ""
    for item in timeline.items:
        line = present_item(item, conversation, member)
        name = name_day(line.at)
        lines.append(line if name == day else with_day(line, name))
        day = name
    return lines


def with_day(line: Line, day: str) -> Line:
    """Return the line with the day's name above it."""
    return Line(**{**line.__dict__, "day": day})


def name_day(moment: datetime) -> str:
    """Return Today, Yesterday or the date, in the desk's wall time."""
    here, today = timezone.localtime(moment).date(), timezone.localtime().date()
    ago = (today - here).days
    if ago in {0, 1}:
        return ("Today", "Yesterday")[ago]
    return f"{here:%A} {here.day} {here:%B %Y}"


def present_item(item: Item, conversation: Conversation, member: Any) -> Line:
    """Return one line."""
    row = item.row
    if isinstance(row, Message):
        return present_message(row, conversation)
    if isinstance(row, Reply):
        return present_reply(row, conversation, member)
    if isinstance(row, Note):
        who = f"{row.author.name}"
        return Line(
            "note", f"note-{row.pk}", item.at, row, who, "note, only the desk sees this", text=row.text
        )
    return Line("event", f"{item.kind}-{row.pk}", item.at, row, what=describe_event(item))


def present_message(message: Message, conversation: Conversation) -> Line:
    """Return a message as a bubble."""
    ours = message.direction != Direction.IN
    spans = [] if ours else list(read_spans(message))
    pictures, files = split_files(message.attachments.all())
    css = ["ours"] if ours else []
    css += ["deleted"] if message.deleted_at else []
    tone = {Urgency.CRITICAL: "critical", Urgency.URGENT: "urgent"}.get(Urgency(message.level))
    css += [tone] if tone and not ours else []
    return Line(
        "message",
        f"message-{message.pk}",
        message.received_at,
        message,
        who=name_author(message),
        what=name_way(message, conversation),
        css=" ".join(css),
        spans=[span for span in spans if span[1] <= LONG_TEXT],
        text=message.text[:LONG_TEXT],
        rest=message.text[LONG_TEXT:],
        pictures=pictures,
        files=files,
        remarks=list_remarks(message),
        caution=explain_newcomer(message) or explain_refused(message),
        acts=list_acts(message),
    )


def read_spans(message: Message) -> Iterator[Span]:
    """Yield where the reasons stand in the text (code points)."""
    for reason in message.verdict.get("reasons", ()):
        span = reason.get("span")
        if span and float(reason.get("weight") or 0) > 0 and is_marked(reason):
            yield int(span[0]), int(span[1])


def split_files(rows: Iterable[Attachment]) -> tuple[list[Attachment], list[Attachment]]:
    """Return pictures that can be shown here, and everything else."""
    every = list(rows)
    pictures = [one for one in every if one.state == "stored" and one.media_type in PICTURES]
    return pictures, [one for one in every if one not in pictures]


def name_author(message: Message) -> str:
    """Return who wrote it, as their channel or the desk calls them."""
    if message.direction == Direction.IN:
        handle = message.handle
        return (handle.name or handle.address) if handle else "Unknown sender"
    return message.author.name if message.author else message.account.name


def name_way(message: Message, conversation: Conversation) -> str:
    """Return how it travelled, in the channel's words."""
    facts = conversation.account.capabilities
    private = message.visibility == Visibility.PRIVATE
    if message.direction == Direction.OUTSIDE:
        return f"written as {conversation.account.name}, outside the desk"
    if message.direction == Direction.OUT:
        return (facts.private_word if private else facts.public_word).lower()
    if not facts.public:
        return facts.label.lower()
    return "private message" if private else "public"


def list_remarks(message: Message) -> list[str]:
    """Return what is odd about a message, in words."""
    said = [str(one) for one in message.terms.get("remarks", ())]
    if message.automatic:
        said.append("Sent by a machine, not by a person.")
    if message.altered:
        said.append("Some characters could not be shown as they came. The source has them unchanged.")
    if message.unreadable:
        said.append("This could not be read. Download the source to look at it.")
    return said


def present_reply(reply: Reply, conversation: Conversation, member: Any) -> Line:
    """Return a reply on its way."""
    facts = conversation.account.capabilities
    word = facts.public_word if reply.visibility == Visibility.PUBLIC else facts.private_word
    pictures, files = split_files(reply.files.all())
    trouble = reply.state in {ReplyState.FAILED, ReplyState.UNKNOWN}
    return Line(
        "reply",
        f"reply-{reply.pk}",
        reply.created_at,
        reply,
        who=reply.author.name,
        what=f"{word.lower()}, {reply.get_state_display().lower()}",
        css="ours trouble" if trouble else "ours on-its-way",
        text=reply.text,
        pictures=pictures,
        files=files,
    )


def describe_event(item: Item) -> str:
    """Return a deed as a sentence."""
    row: Any = item.row
    if isinstance(row, Grading):
        after = Urgency(row.after).label.lower()
        return f"{row.author.name} changed the urgency to {after}: {row.reason}"
    if isinstance(row, Escalation):
        return f"{row.author.name} escalated it to {row.team.name}"
    return describe_deed(row.verb, row.actor_name, item.details)
