"""What people made of messages: changes of urgency, and what was dealt with as it stood."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from inbox.enums import ConversationState
from inbox.models import Message
from triage.history import Grade
from triage.verdict import Level

# A change of urgency is about the newest message of the public that the operator could see.
GRADES = """
    SELECT graded.id, graded.conversation_id, seen.id, graded.author_id, member.name, graded.before,
        graded.after, graded.reason, graded.created_at, seen.level, seen.score
    FROM inbox_grading AS graded
    JOIN staff_member AS member ON member.id = graded.author_id
    CROSS JOIN LATERAL (
        SELECT id, level, score FROM inbox_message
        WHERE conversation_id = graded.conversation_id AND direction = 'in' AND NOT unreadable
            AND received_at <= graded.created_at
        ORDER BY received_at DESC, id DESC LIMIT 1
    ) AS seen
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided of one message; `graded` when somebody changed it, else it was left as judged."""

    level: Level
    graded: bool


def list_grades(limit: int) -> list[Grade]:
    """Return people's changes of urgency, newest first."""
    return _ask("ORDER BY graded.created_at DESC, graded.id DESC LIMIT %s", limit)


def find_decided(rows: Sequence[Message]) -> dict[int, Decided]:
    """Return what people decided of these messages (with their conversations), where they did."""
    grades: dict[int, list[Grade]] = defaultdict(list)
    ids = sorted({row.conversation_id for row in rows})
    for grade in _ask("WHERE graded.conversation_id = ANY(%s) ORDER BY graded.created_at, graded.id", ids):
        grades[grade.conversation_id].append(grade)
    return {row.pk: found for row in rows if (found := _decide(row, grades[row.conversation_id]))}


def _decide(row: Message, grades: Sequence[Grade]) -> Decided | None:
    own = [grade for grade in grades if grade.message_id == row.pk]
    if own:
        return Decided(own[-1].after, graded=True)
    thread = row.conversation
    dealt = thread.state != ConversationState.OPEN or thread.first_replied_at is not None
    return Decided(Level(row.level), graded=False) if dealt and not grades else None


def _ask(end: str, value: int | list[int]) -> list[Grade]:
    with connection.cursor() as cursor:
        cursor.execute(GRADES + end, [value])
        rows = cursor.fetchall()
    return [_read(row) for row in rows]


def _read(row: tuple[Any, ...]) -> Grade:
    grading, conversation, message, member, name, before, after, reason, at, judged, score = row
    return Grade(
        grading_id=grading,
        conversation_id=conversation,
        message_id=message,
        author_id=member,
        author=name,
        before=Level(before),
        after=Level(after),
        reason=reason,
        at=at,
        judged=Level(judged),
        score=score,
    )
