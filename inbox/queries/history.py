"""The desk's past as triage may know it: messages with their facts as they were, and what people decided."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from inbox.capabilities import Capabilities
from inbox.enums import ConversationState, Direction, Urgency
from inbox.facts import Surroundings, head_of, name_channel, quote_earlier
from inbox.models import Attachment, Grading, Message
from inbox.queries.grades import Decided, find_decided, list_grades
from triage.facts import Facts
from triage.history import Grade, Hits, Past
from triage.verdict import Level

# So many of the newest are counted: enough for every share, and a page that opens at once.
MOST_COUNTED = 10_000
THREAD = """
    SELECT conversation_id, id, direction, left(text, 2000) FROM inbox_message
    WHERE conversation_id = ANY(%s) AND NOT unreadable ORDER BY conversation_id, received_at, id
"""
CONTACTS = """
    SELECT wanted.id, (
        SELECT count(*) FROM (
            SELECT 1 FROM inbox_message AS earlier
            WHERE earlier.handle_id = wanted.handle_id AND earlier.direction = 'in'
                AND earlier.received_at > wanted.received_at - interval '1 day'
                AND (earlier.received_at, earlier.id) < (wanted.received_at, wanted.id)
            LIMIT 100
        ) AS lately
    )
    FROM inbox_message AS wanted WHERE wanted.id = ANY(%s)
"""
CRITICAL = """
    SELECT id FROM (
        SELECT (
            SELECT max(seen.id) FROM inbox_message AS seen
            WHERE seen.conversation_id = graded.conversation_id AND seen.direction = 'in'
                AND seen.received_at <= graded.created_at
        ) AS id
        FROM inbox_grading AS graded WHERE graded.after = %(critical)s
        UNION
        SELECT said.id FROM inbox_message AS said
        JOIN inbox_conversation AS thread ON thread.id = said.conversation_id
        WHERE said.level = %(critical)s AND said.direction = 'in' AND NOT said.unreadable
            AND (thread.state <> %(open)s OR thread.first_replied_at IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM inbox_grading WHERE conversation_id = thread.id)
    ) AS marked
    WHERE id IS NOT NULL ORDER BY id DESC LIMIT %(limit)s
"""
HITS = """
    WITH lately AS MATERIALIZED (
        SELECT message.id, message.level, message.reasons,
            thread.state <> %(open)s OR thread.first_replied_at IS NOT NULL
                OR thread.graded_by_id IS NOT NULL AS decided,
            NOT EXISTS (SELECT 1 FROM inbox_grading WHERE conversation_id = thread.id) AS kept
        FROM (
            SELECT id, level, verdict->'reasons' AS reasons, conversation_id FROM inbox_message
            WHERE direction = 'in' AND received_at >= %(since)s AND verdict ? 'reasons'
            ORDER BY received_at DESC LIMIT %(most)s
        ) AS message
        JOIN inbox_conversation AS thread ON thread.id = message.conversation_id
    ), hits AS (
        SELECT reason->>'rule' AS rule, count(*) AS hits, count(*) FILTER (WHERE decided) AS decided,
            count(*) FILTER (WHERE decided AND kept) AS kept
        FROM lately CROSS JOIN LATERAL jsonb_array_elements(reasons) AS reason GROUP BY 1
    ), raised AS (
        SELECT min(reason->>'rule') AS rule FROM lately
        CROSS JOIN LATERAL jsonb_array_elements(reasons) AS reason
        WHERE level >= %(urgent)s AND (reason->>'weight')::float > 0 AND reason->>'rule' <> 'floor'
            AND reason->>'category' NOT IN ('base', 'context')
        GROUP BY id HAVING count(*) = 1
    ), alone AS (SELECT rule, count(*) AS alone FROM raised GROUP BY rule)
    SELECT rule, hits, decided, kept, coalesce(alone, 0) FROM hits LEFT JOIN alone USING (rule)
"""


@dataclass(frozen=True, slots=True)
class _Around:
    """What a batch of messages is judged with, fetched in a fixed number of queries."""

    threads: dict[int, list[tuple[int, str, str]]]
    contacts: dict[int, int]
    files: dict[int, int]
    decided: dict[int, Decided]


class DeskHistory:
    """Answers triage.history.History."""

    def count(self, since: datetime) -> int:
        """Return how many messages of the public arrived since."""
        return _inbound().filter(received_at__gte=since).count()

    def read(self, since: datetime, after: int, limit: int) -> list[Past]:
        """Return messages since then with ids above `after`, in their order."""
        rows = _inbound().filter(received_at__gte=since, pk__gt=after).order_by("pk")[:limit]
        return _recall(list(rows))

    def pick(self, message_ids: Iterable[int]) -> list[Past]:
        """Return these messages in the order of their ids."""
        return _recall(list(_inbound().filter(pk__in=list(message_ids)).order_by("pk")))

    def find_critical(self, limit: int) -> list[int]:
        """Return messages that people marked critical or dealt with as critical, newest first."""
        words: dict[str, Any] = {"critical": Urgency.CRITICAL, "open": ConversationState.OPEN, "limit": limit}
        with connection.cursor() as cursor:
            cursor.execute(CRITICAL, words)
            return [row[0] for row in cursor.fetchall()]

    def list_grades(self, limit: int) -> list[Grade]:
        """Return people's changes of urgency, newest first."""
        return list_grades(limit)

    def mark(self) -> str:
        """Return a word that changes with every message and every change of urgency."""
        newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first()
        graded = Grading.objects.order_by("-pk").values_list("pk", flat=True).first()
        return f"{newest}-{graded}"

    def count_hits(self, since: datetime) -> dict[str, Hits]:
        """Return what every rule did since, from the stored reasons."""
        words: dict[str, Any] = {"since": since, "open": ConversationState.OPEN, "most": MOST_COUNTED}
        words["urgent"] = Urgency.URGENT
        with connection.cursor() as cursor:
            cursor.execute(HITS, words)
            return {row[0]: Hits(*row[1:]) for row in cursor.fetchall()}


def _inbound() -> QuerySet[Message]:
    rows = Message.objects.filter(direction=Direction.IN, unreadable=False)
    wide = ("search", "html", "quoted", "terms", "account__secrets", "account__cursor", "account__meter")
    return rows.select_related("conversation", "account").defer(*wide)


def _recall(rows: Sequence[Message]) -> list[Past]:
    if not rows:
        return []
    around = _look_around(rows)
    return [_remember(row, around) for row in rows]


def _look_around(rows: Sequence[Message]) -> _Around:
    ids = [row.pk for row in rows]
    threads: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(CONTACTS, [ids])
        contacts = dict(cursor.fetchall())
        cursor.execute(THREAD, [sorted({row.conversation_id for row in rows})])
        for conversation, pk, direction, text in cursor.fetchall():
            threads[conversation].append((pk, direction, text))
    files = Attachment.objects.filter(message__in=ids).values_list("message").annotate(number=Count("id"))
    return _Around(threads, contacts, dict(files), find_decided(rows))


def _remember(row: Message, around: _Around) -> Past:
    said: dict[str, Any] = row.verdict
    decided = around.decided.get(row.pk)
    return Past(
        message_id=row.pk,
        conversation_id=row.conversation_id,
        facts=_facts(row, around),
        received_at=row.received_at,
        level=Level(row.level),
        score=row.score,
        version=str(said.get("version", "")),
        language=str(said.get("language", "")),
        decided=decided.level if decided else None,
        graded=bool(decided and decided.graded),
    )


def _facts(row: Message, around: _Around) -> Facts:
    capabilities: Capabilities = row.account.capabilities
    thread = around.threads[row.conversation_id]
    place = next((number for number, one in enumerate(thread) if one[0] == row.pk), len(thread))
    earlier = [quote_earlier(direction, text) for _, direction, text in thread[max(0, place - 6) : place]]
    surroundings = Surroundings(
        capabilities,
        earlier,
        row.conversation.subject if place else "",
        around.contacts.get(row.pk, 0),
    )
    return Facts(
        text=head_of(row.subject, surroundings.subject) + row.text,
        thread=tuple(surroundings.thread),
        channel=name_channel(capabilities, row.visibility),
        private=row.visibility == "private",
        sent_at=row.written_at,
        previous_contacts=surroundings.contacts,
        attachments=around.files.get(row.pk, 0),
    )
