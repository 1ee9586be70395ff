"""Draw one line of a list. A line that shows the same is drawn once, however often the list is asked for.

What a template may show stands in the `Face` alone, which is also the key of the memory: no line is stale.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.template.loader import render_to_string

from inbox.presenters.rows import Row
from inbox.visible import Span

KEPT = 2_048
# Ages change by the second: their place is kept open. No stranger's text can hold this, for "<" is escaped.
AGE = "<!--age-->"


@dataclass(frozen=True)
class Face:
    """All that a line shows; times are aware. `query` is the list's filter as the end of an address."""

    pk: int
    band: int
    is_open: bool
    query: str
    tone: str
    icon: str
    label: str
    name: str
    address: str
    since: datetime
    timer_tone: str
    due: datetime | None
    soon_seconds: int
    subject: str
    excerpt: str
    marks: tuple[Span, ...]
    urgency: str
    held_by: str
    is_mine: bool
    notes: tuple[str, ...]
    tags: tuple[str, ...]
    tags_left: int


@lru_cache(maxsize=KEPT)
def draw_face(face: Face) -> str:
    """Return the line's HTML with AGE where its age belongs."""
    return render_to_string("inbox/row.html", {"row": face})


def face_of(row: Row, is_open: bool, query: str) -> Face:
    """Return what the line shows."""
    conversation = row.conversation
    return Face(
        pk=conversation.pk,
        band=conversation.band,
        is_open=is_open,
        query=query,
        tone=row.tone,
        icon=row.facts.icon,
        label=row.facts.label,
        name=row.name,
        address=row.address,
        since=row.timer.since,
        timer_tone=row.timer.tone,
        due=row.timer.due,
        soon_seconds=row.timer.soon_seconds,
        subject=conversation.subject,
        excerpt=conversation.excerpt,
        marks=tuple((int(start), int(end)) for start, end in conversation.excerpt_marks),
        urgency=row.urgency,
        held_by=row.held_by,
        is_mine=row.is_mine,
        notes=tuple(row.notes),
        tags=tuple(row.tags),
        tags_left=row.tags_left,
    )
