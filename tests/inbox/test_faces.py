"""A line of a list is drawn once for as long as it shows the same."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from inbox.presenters.faces import AGE, Face, draw_face

EARLY, LATE = datetime(2026, 11, 22, 2, 41, tzinfo=UTC), datetime(2026, 11, 22, 3, 41, tzinfo=UTC)
PLAIN = Face(
    pk=7,
    band=3,
    is_open=False,
    query="",
    tone="",
    icon="mail",
    label="E-mail",
    name="Ann",
    address="ann@example.org",
    since=EARLY,
    timer_tone="soon",
    due=EARLY,
    soon_seconds=60,
    subject="Purse",
    excerpt="lost my purse",
    marks=(),
    urgency="Routine",
    held_by="Bo",
    is_mine=False,
    notes=(),
    tags=("lost",),
    tags_left=0,
)
OTHER: dict[str, Any] = {
    "pk": 8,
    "band": 2,
    "is_open": True,
    "query": "?tab=all",
    "tone": "urgent",
    "icon": "inbox",
    "label": "Post",
    "name": "Zoe",
    "address": "zoe@example.org",
    "since": LATE,
    "timer_tone": "late",
    "due": None,
    "soon_seconds": 90,
    "subject": "",
    "excerpt": "found it",
    "marks": ((0, 4),),
    "urgency": "Urgent",
    "held_by": "",
    "is_mine": True,
    "notes": ("resolved",),
    "tags": ("found",),
    "tags_left": 2,
}


@pytest.mark.parametrize("name", [field.name for field in fields(Face)])
def test_a_line_is_drawn_anew_when_anything_that_it_shows_changes(name):
    assert draw_face(replace(PLAIN, **{name: OTHER[name]})) != draw_face(PLAIN)


def test_a_line_is_drawn_once_while_it_shows_the_same():
    draw_face.cache_clear()
    draw_face(PLAIN)
    draw_face(replace(PLAIN))
    assert draw_face.cache_info().misses == 1


def test_no_name_can_take_the_place_of_the_age():
    assert draw_face(replace(PLAIN, name=AGE, excerpt=AGE, address=AGE)).count(AGE) == 1
