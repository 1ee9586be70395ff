"""A desk with rules of its own: drafts, versions and what people said of messages."""

from itertools import count
from typing import Any

from django.db import transaction

from inbox.models import AlarmStep, Message
from inbox.services.grade import change_urgency
from inbox.services.ingest import store_page
from staff.models import Member
from tests.inbox.pages import say
from triage.models import Ask, Draft, Replay, Suggestion, Version
from triage.services.drafts import NewChange, begin_draft, change_rule, publish
from triage.services.shipped import take_in_shipped

numbers = count(1)
GEESE = """[desk.geese] Geese on the runway
category: animals
owner: Control room
weight: 4
floor: critical
say: geese .. runway
hit: the geese are on the runway
miss: the geese are on the pond
why: A plane cannot stop.
"""
SILENT = GEESE.replace("weight: 4\nfloor: critical", "weight: 0.25")


def write_draft(actor: Member, text: str = GEESE, rule: str = "desk.geese", name: str = "Geese") -> Draft:
    """Return a draft over the shipped rules with one rule changed or added."""
    draft = begin_draft(actor=actor, name=name, parent=take_in_shipped())
    change_rule(actor=actor, draft_id=draft.pk, new=NewChange(rule, text, "A plane was nearly hit."))
    return draft


def publish_rule(actor: Member, text: str = GEESE, rule: str = "desk.geese") -> Version:
    """Return a published version with that rule over the shipped ones."""
    return publish(actor=actor, draft_id=write_draft(actor, text, rule).pk)


def hear(account: Any, text: str, **changes: Any) -> Message:
    """Let the public write, through the ingest; return the message."""
    name = f"heard{next(numbers)}"
    with transaction.atomic():
        store_page(account.pk, [say(name, text, **changes)])
    return Message.objects.select_related("conversation").get(remote_id=name)


def mark(message: Message, actor: Member, urgency: int, reason: str = "I know the place") -> None:
    """Let somebody say how urgent it is."""
    change_urgency(actor=actor, conversation_id=message.conversation_id, urgency=urgency, reason=reason)


def make_bench(actor: Member) -> dict[str, int]:
    """Return one row of everything on the workbench that an address can name."""
    version = take_in_shipped()
    draft = begin_draft(actor=actor, name="Empty", parent=version)
    ask = Ask.objects.create(version=version, against=version, asked_by=actor, why="x", looked_at=0)
    replay = Replay.objects.create(
        version=version, against=version, base_id=version.base_id, name="x", author=actor, days=1
    )
    return {
        "draft_id": draft.pk,
        "number": version.number,
        "ask_id": ask.pk,
        "replay_id": replay.pk,
        "suggestion_id": Suggestion.objects.create(over=version, author=actor, state="failed").pk,
        "grading_id": 1,
        "step_id": AlarmStep.objects.create(after_seconds=60, by_screen=True).pk,
    }
