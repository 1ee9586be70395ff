"""Write what a page came to: a fixed number of statements, however many items it has."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from inbox.enums import Direction
from inbox.models import Attachment, Conversation, Handle, Message, MessageEdit, RawPayload
from inbox.services.ingest.arrival import Arrival, describe_terms
from inbox.services.ingest.standing import Standing

COLUMNS = {
    "person_id": "bigint",
    "subject": "text",
    "excerpt": "text",
    "excerpt_marks": "jsonb",
    "state": "text",
    "urgency": "smallint",
    "score": "float8",
    "unjudged": "boolean",
    "reply_trouble": "boolean",
    "waiting_since": "timestamptz",
    "last_message_at": "timestamptz",
    "first_reply_due_at": "timestamptz",
    "first_replied_at": "timestamptz",
    "outcome": "text",
    "outcome_reason": "text",
    "resolved_at": "timestamptz",
    "version": "bigint",
}
_SET = ", ".join(f"{name} = fresh.{name}" for name in COLUMNS)
_TYPES = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
UPDATE = f"""
    UPDATE inbox_conversation AS stored
    SET {_SET}, tags = ARRAY(SELECT jsonb_array_elements_text(fresh.tags))
    FROM jsonb_to_recordset(%s::jsonb) AS fresh(id bigint, tags jsonb, {_TYPES})
    WHERE stored.id = fresh.id
"""  # noqa: S608 - only this module's own names are put in
EDITED = [
    "subject",
    "text",
    "quoted",
    "html",
    "form",
    "url",
    "altered",
    "unreadable",
    "visibility",
    "handle",
    "raw",
    "terms",
    "level",
    "score",
    "verdict",
    "edited_at",
    "deleted_at",
]


def make_payload(arrival: Arrival, account_id: int, now: datetime) -> RawPayload:
    """Return the row of the untouched source."""
    return RawPayload(
        account_id=account_id,
        remote_id=arrival.item.remote_id,
        body=arrival.item.raw,
        sha256=arrival.sha256,
        media_type=arrival.item.media_type,
        problem=arrival.problem,
        received_at=now,
    )


def make_message(arrival: Arrival, account_id: int, handle: Handle, now: datetime) -> Message:
    """Return the message's row, not yet judged and not yet in a conversation."""
    item = arrival.item
    return Message(
        account_id=account_id,
        remote_id=item.remote_id,
        direction=Direction.IN if arrival.inbound else Direction.OUTSIDE,
        visibility=item.visibility,
        handle=handle,
        in_reply_to=item.in_reply_to,
        known_as=item.known_as,
        subject=item.subject,
        text=item.text,
        quoted=item.quoted,
        html=item.html,
        form=[list(pair) for pair in item.form],
        url=item.url,
        altered=arrival.altered,
        unreadable=bool(arrival.problem),
        automatic=item.automatic,
        late=item.late,
        written_at=item.written_at,
        received_at=now,
        edited_at=now if item.edited else None,
        deleted_at=now if item.deleted else None,
        terms=describe_terms(item, now),
    )


def save_conversations(standings: Sequence[Standing]) -> None:
    """Insert those that were begun, update the others; two statements at most."""
    Conversation.objects.bulk_create(one.row for one in standings if one.fresh)
    known = [one.row for one in standings if not one.fresh]
    for row in known:
        row.version += 1
    if known:
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, [json.dumps([_describe(row) for row in known], default=_say)])


def save_messages(
    payloads: Sequence[RawPayload],
    fresh: Sequence[Message],
    changed: Sequence[Message],
    edits: Sequence[MessageEdit],
    files: Sequence[Attachment],
) -> None:
    """Insert sources, messages, what edited ones said before, and files; write the edited messages."""
    RawPayload.objects.bulk_create(payloads)
    Message.objects.bulk_create(fresh)
    if changed:
        Message.objects.bulk_update(changed, EDITED)
    MessageEdit.objects.bulk_create(edits)
    Attachment.objects.bulk_create(files)


def _describe(row: Conversation) -> dict[str, Any]:
    return {"id": row.pk, "tags": row.tags} | {name: getattr(row, name) for name in COLUMNS}


def _say(value: datetime) -> str:
    return value.isoformat()
