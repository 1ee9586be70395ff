"""Everything that the conversation's pane shows to one member."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils import timezone

from audit.models import Entry
from audit.queries import trail_of
from audit.services import SEEN
from inbox.enums import Direction
from inbox.filetypes import PICTURES
from inbox.models import Attachment, Conversation, Draft, Escalation, Handle
from inbox.presenters.deeds import describe_entry
from inbox.presenters.rows import Row, present_row
from inbox.presenters.thread import Line, present_thread
from inbox.presenters.why import Why, explain
from inbox.queries.composing import ComposerOptions, describe_composer
from inbox.queries.timeline import Timeline, load_timeline
from staff.models import Member
from staff.permissions import can_run_shift, can_work_inbox
from triage.queries.routing import load_routes

TRAIL_SHOWN = 12
ESCALATIONS_SHOWN = 5


@dataclass(frozen=True)
class Composing:
    """The compose box: its options, what stands in it, and what was on the screen when it was drawn."""

    options: ComposerOptions
    way: str
    text: str
    key: str
    seen_version: int
    seen_last: str
    fence: int
    problem: str = ""
    whats_new: tuple[Line, ...] = ()
    files: tuple["DraftFile", ...] = ()
    accepts: str = ""


@dataclass(frozen=True)
class DraftFile:
    """A file beneath the draft; a picture asks for words that stand for it."""

    row: Attachment
    is_picture: bool


@dataclass(frozen=True)
class Typed:
    """What came with a form that was refused, to be shown again; nothing typed is lost."""

    text: str | None = None
    way: str = ""
    key: str = ""
    problem: str = ""
    seen_last: str = ""


NOTHING_TYPED = Typed()


@dataclass(frozen=True)
class TrailLine:
    """One entry of the conversation's own trail, as a sentence."""

    entry: Entry
    words: str


@dataclass(frozen=True)
class PersonFacts:
    """What is known of the person."""

    handles: list[Handle]
    earlier: int
    last_at: Any
    language: str
    markers: list[str]


@dataclass(frozen=True)
class Page:
    """The pane."""

    row: Row
    conversation: Conversation
    lines: list[Line]
    earlier: int | None
    why: Why
    composing: Composing
    person: PersonFacts
    trail: list[TrailLine]
    escalations: list[Escalation]
    may_work: bool
    may_run: bool
    is_mine: bool
    held_by_other: str


def present_page(
    conversation: Conversation, member: Member, typed: Typed = NOTHING_TYPED, before: int | None = None
) -> Page:
    """Return the pane for `member`; the caller has asked whether they may see it."""
    timeline = load_timeline(conversation, before)
    lines = present_thread(timeline, conversation, member)
    row = present_row(conversation, member, timezone.now(), load_routes([conversation.tags]))
    return Page(
        row=row,
        conversation=conversation,
        lines=lines,
        earlier=timeline.earlier,
        why=explain_urgency(conversation, timeline),
        composing=prepare_composer(conversation, member, timeline, lines, typed),
        person=describe_person(conversation),
        trail=list_trail(conversation, timeline),
        escalations=list_escalations(conversation, timeline),
        may_work=can_work_inbox(member),
        may_run=can_run_shift(member),
        is_mine=row.is_mine,
        held_by_other="" if row.is_mine else row.held_by,
    )


def explain_urgency(conversation: Conversation, timeline: Timeline) -> Why:
    """Return the box that explains the urgency."""
    if timeline.is_whole:
        said = [
            one for one in timeline.rows("message") if one.direction == Direction.IN and not one.deleted_at
        ]
        grading = max(timeline.rows("grading"), key=lambda one: one.created_at, default=None)
        return explain(conversation, said, grading)
    heaviest = conversation.messages.filter(direction="in", deleted_at=None).defer("search", "html", "quoted")
    newest = conversation.gradings.select_related("author").order_by("-created_at").first()
    return explain(conversation, list(heaviest.order_by("-level", "-score", "-id")[:1]), newest)


def list_escalations(conversation: Conversation, timeline: Timeline) -> list[Escalation]:
    """Return the newest escalations, newest first."""
    if timeline.is_whole:
        return timeline.rows("escalation")[::-1][:ESCALATIONS_SHOWN]
    return list(conversation.escalations.select_related("team", "author")[:ESCALATIONS_SHOWN])


def prepare_composer(
    conversation: Conversation, member: Member, timeline: Timeline, lines: list[Line], typed: Typed
) -> Composing:
    """Return the compose box: what was typed, else the draft, else nothing."""
    known = timeline.rows("message") if timeline.is_whole else None
    options = describe_composer(conversation, known=known)
    draft = Draft.objects.filter(conversation=conversation, author=member).first()
    files = list(draft.files.order_by("pk")) if draft else []
    text = typed.text if typed.text is not None else draft.text if draft else ""
    way = typed.way or (draft.way if draft and (draft.text or files) else "") or options.preferred
    new = tuple(line for line in lines if typed.seen_last and line.at.isoformat() > typed.seen_last)
    return Composing(
        options=options.with_files(files),
        way=way,
        text=text,
        key=typed.key or uuid.uuid4().hex,
        seen_version=conversation.version,
        seen_last=lines[-1].at.isoformat() if lines else "",
        fence=conversation.fence,
        problem=typed.problem,
        whats_new=new,
        files=tuple(DraftFile(row, row.media_type in PICTURES) for row in files),
        accepts=",".join(dict.fromkeys((*options.public.files.types, *options.private.files.types))),
    )


def describe_person(conversation: Conversation) -> PersonFacts:
    """Return the person's handles and their contacts before this one."""
    person = conversation.person
    others = person.conversations.exclude(pk=conversation.pk)
    last = others.aggregate(last=Max("last_message_at"))["last"]
    return PersonFacts(
        handles=list(person.handles.order_by("id")[:8]),
        earlier=others.count() if last else 0,
        last_at=last,
        language=person.language,
        markers=[str(marker) for marker in person.markers],
    )


def list_trail(conversation: Conversation, timeline: Timeline) -> list[TrailLine]:
    """Return the newest entries of the conversation's trail; reading stands in the trail's own page."""
    newest = trail_of(conversation).exclude(verb=SEEN).order_by("-id")
    entries = timeline.deeds if timeline.is_whole else newest[:TRAIL_SHOWN]
    return [TrailLine(entry, describe_entry(entry)) for entry in entries[:TRAIL_SHOWN]]
