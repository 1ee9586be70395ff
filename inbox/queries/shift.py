"""The shift at a glance: what waits, what nobody holds, who is on, what is about to be late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncHour

from inbox.enums import ConversationState, Direction, ReplyState, Urgency
from inbox.models import Conversation, Message, Reply
from staff.models import Announcement, HandoverNote, Member, Role
from staff.shifts import Shift, find_shift

HERE = timedelta(seconds=150)
IDLE = timedelta(minutes=5)
SHOWN = 8
COUNT_CAP = 9_999


@dataclass(frozen=True)
class Waiting:
    """How many of one urgency wait for the desk, the longest wait and the target (seconds)."""

    word: str
    label: str
    count: int
    oldest_since: datetime | None
    target: int


@dataclass(frozen=True)
class Hour:
    """What arrived in one hour of the shift, and how much of it was urgent."""

    start: datetime
    arrived: int
    urgent: int


@dataclass(frozen=True)
class Seat:
    """One member who is on: what they hold (bands, upper first), what they answered, how fast (seconds)."""

    member: Member
    idle_for: timedelta | None
    holding: list[int]
    replied: int
    median_seconds: float | None


@dataclass(frozen=True)
class Board:
    """Everything that the shift board shows."""

    shift: Shift
    waiting: list[Waiting]
    answered: int
    in_target: int
    median_first_reply: float | None
    hours: list[Hour]
    due: list[Conversation]
    unheld: list[Conversation]
    trouble: list[Conversation]
    seats: list[Seat]
    notes: list[HandoverNote]
    announcements: list[Announcement]


def load_board(now: datetime) -> Board:
    """Return the board at `now` (aware)."""
    shift = find_shift(now)
    spans = first_reply_spans(shift)
    return Board(
        shift=shift,
        waiting=count_waiting(),
        answered=len(spans),
        in_target=sum(in_time for _, in_time in spans),
        median_first_reply=median(seconds for seconds, _ in spans) if spans else None,
        hours=count_hours(shift),
        due=list(list_due(now)),
        unheld=list(list_unheld()),
        trouble=list(
            show(Conversation.objects.filter(reply_trouble=True)).order_by("last_message_at")[:SHOWN]
        ),
        seats=list_seats(now, shift),
        notes=list(HandoverNote.objects.select_related("author")[:SHOWN]),
        announcements=list(Announcement.objects.filter(ended_at=None).select_related("author")),
    )


def show(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Load with each conversation what a line of the board shows."""
    return rows.select_related("person", "holder", "account").defer("account__secrets", "account__cursor")


def count_waiting() -> list[Waiting]:
    """Return the counts of what waits, critical first; what could not be judged counts as critical."""
    rows = Conversation.objects.filter(state=ConversationState.OPEN)
    found = {
        row["band"]: row for row in rows.values("band").annotate(n=Count("pk"), oldest=Min("waiting_since"))
    }
    unjudged, critical = found.get(0), found.get(1)
    oldest = [row["oldest"] for row in (unjudged, critical) if row]
    targets = settings.FIRST_REPLY_TARGETS
    count = sum(row["n"] for row in (unjudged, critical) if row)
    return [
        Waiting("critical", "Critical waiting", count, min(oldest, default=None), targets["critical"]),
        make_waiting("urgent", "Urgent waiting", found.get(2)),
        make_waiting("routine", "The rest waiting", found.get(3)),
    ]


def make_waiting(word: str, label: str, row: Mapping[str, Any] | None) -> Waiting:
    """Return one urgency's line from the database's row (None: nothing waits)."""
    target = settings.FIRST_REPLY_TARGETS[word]
    if row is None:
        return Waiting(word, label, 0, None, target)
    return Waiting(word, label, row["n"], row["oldest"], target)


def first_reply_spans(shift: Shift) -> list[tuple[float, bool]]:
    """Return (seconds to the first reply, within its target) for each first reply of the shift."""
    rows = Conversation.objects.filter(first_replied_at__gte=shift.start, first_replied_at__lt=shift.end)
    times = rows.values_list("created_at", "first_replied_at", "first_reply_due_at")[:COUNT_CAP]
    return [
        ((replied - created).total_seconds(), due is None or replied <= due)
        for created, replied, due in times
        if replied is not None
    ]


def count_hours(shift: Shift) -> list[Hour]:
    """Return what the public wrote in each hour of the shift, empty hours too."""
    written = Message.objects.filter(
        received_at__gte=shift.start, received_at__lt=shift.end, direction=Direction.IN
    )
    urgent = Count("pk", filter=Q(level__gte=Urgency.URGENT))
    rows = (
        written.annotate(hour=TruncHour("received_at")).values("hour").annotate(n=Count("pk"), urgent=urgent)
    )
    found = {row["hour"].timestamp(): row for row in rows}
    length = int((shift.end.timestamp() - shift.start.timestamp()) // 3600)
    starts = [shift.start.timestamp() + 3600 * number for number in range(length)]
    return [
        Hour(
            datetime.fromtimestamp(start, shift.start.tzinfo),
            found[start]["n"] if start in found else 0,
            found[start]["urgent"] if start in found else 0,
        )
        for start in starts
    ]


def list_due(now: datetime) -> QuerySet[Conversation]:
    """Return what has had no reply and is late or within a quarter of its target of being so."""
    soon = now + timedelta(seconds=settings.FIRST_REPLY_TARGETS["urgent"] // 4 + 60)
    rows = Conversation.objects.filter(
        first_replied_at=None, first_reply_due_at__lte=soon, state=ConversationState.OPEN
    )
    return show(rows).order_by("band", "first_reply_due_at", "pk")[:SHOWN]


def list_unheld() -> QuerySet[Conversation]:
    """Return what is urgent and held by nobody, in the queue's order."""
    rows = Conversation.objects.filter(state=ConversationState.OPEN, holder=None, band__lt=3)
    return show(rows).order_by("band", "waiting_since", "pk")[:SHOWN]


def list_seats(now: datetime, shift: Shift) -> list[Seat]:
    """Return everybody who is on, the most loaded first."""
    members = Member.objects.filter(
        is_active=True, role__in=[Role.OPERATOR, Role.SUPERVISOR], last_seen_at__gte=now - HERE
    )
    holding: dict[int, list[int]] = {}
    held = Conversation.objects.filter(holder__in=members).order_by("band")
    for holder, band in held.values_list("holder_id", "band"):
        holding.setdefault(holder or 0, []).append(band)
    sent = Reply.objects.filter(author__in=members, state=ReplyState.SENT, sent_at__gte=shift.start)
    answers = group_answers(sent.values_list("author_id", "created_at", "answers__received_at"))
    acted = last_deeds(members)
    seats = [
        Seat(
            member=member,
            idle_for=idle_time(acted.get(member.pk), now),
            holding=holding.get(member.pk, []),
            replied=len(answers.get(member.pk, [])),
            median_seconds=median(answers[member.pk]) if member.pk in answers else None,
        )
        for member in members
    ]
    return sorted(seats, key=lambda seat: (-len(seat.holding), seat.member.name))


def group_answers(rows: Iterable[tuple[int, datetime, datetime | None]]) -> dict[int, list[float]]:
    """Return how many seconds each of a member's replies took from the message that it answers."""
    answers: dict[int, list[float]] = {}
    for author, created, received in rows:
        seconds = (created - received).total_seconds() if received else 0.0
        answers.setdefault(author, []).append(seconds)
    return answers


def last_deeds(members: QuerySet[Member]) -> dict[int, datetime]:
    """Return when each member last wrote a reply or a note that left a row."""
    rows = Reply.objects.filter(author__in=members).values("author").annotate(at=Max("created_at"))
    return {row["author"]: row["at"] for row in rows}


def idle_time(acted: datetime | None, now: datetime) -> timedelta | None:
    """Return how long ago the last deed was, when that is worth saying."""
    return now - acted if acted and now - acted > IDLE else None
