"""Messenger conversations and messages as rows."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sandbox.graph.schema import Conversation, Message
from sandbox.ids import milliseconds
from sandbox.store import Store

_FIRST_CONVERSATION = 587_000_000_000_000


def message_id(conversation: int, number: int) -> str:
    """An id as Messenger makes them: long and opaque, the same for the same place in the same world."""
    digest = hashlib.sha384(f"{conversation}/{number}".encode()).digest()
    return "m_" + base64.urlsafe_b64encode(digest).decode()


class Messages:
    """The rows of fb_conversations and fb_messages."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_number(self) -> int:
        row = self._store.one("SELECT coalesce(max(number), 0) + 1 FROM fb_messages")
        return 1 if row is None else int(row[0])

    def between(self, page_id: str, user_id: int, at: datetime) -> Conversation:
        """The conversation of a page and a person, begun now when there is none."""
        found = self.find(page_id, user_id)
        if found is not None:
            return found
        row = self._store.one(
            "SELECT coalesce(max(number), ?) + 1 FROM fb_conversations", (_FIRST_CONVERSATION,)
        )
        number = _FIRST_CONVERSATION if row is None else int(row[0])
        self._store.execute(
            "INSERT INTO fb_conversations VALUES (?, ?, ?, ?)", (number, page_id, user_id, milliseconds(at))
        )
        return Conversation(number=number, page_id=page_id, user_id=user_id, updated_at=at)

    def find(self, page_id: str, user_id: int) -> Conversation | None:
        row = self._store.one(
            "SELECT * FROM fb_conversations WHERE page_id = ? AND user_id = ?", (page_id, user_id)
        )
        return None if row is None else _conversation(row)

    def conversation(self, identity: str) -> Conversation | None:
        """By its id (`t_…`)."""
        number = identity.removeprefix("t_")
        if not number.isdecimal() or len(number) > 18:
            return None
        row = self._store.one("SELECT * FROM fb_conversations WHERE number = ?", (int(number),))
        return None if row is None else _conversation(row)

    def conversations(
        self, page_id: str, beyond: tuple[int, int] | None, limit: int, user_id: int | None = None
    ) -> list[Conversation]:
        """The latest moved first; `beyond` is the (moment in ms, number) of the last one seen."""
        ms, number = beyond if beyond is not None else (None, None)
        rows = self._store.execute(
            "SELECT * FROM fb_conversations WHERE page_id = :page AND (:user IS NULL OR user_id = :user)"
            " AND (:ms IS NULL OR updated_ms < :ms OR (updated_ms = :ms AND number < :number))"
            " ORDER BY updated_ms DESC, number DESC LIMIT :limit",
            {"page": page_id, "user": user_id, "ms": ms, "number": number, "limit": limit},
        )
        return [_conversation(row) for row in rows]

    def keep(self, message: Message) -> None:
        doc = {"text": message.text, "media": message.media, "metadata": message.metadata}
        self._store.execute(
            "INSERT INTO fb_messages VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                message.number,
                message.id,
                message.conversation,
                int(message.from_page),
                milliseconds(message.created_at),
                message.about_id,
                json.dumps(doc),
            ),
        )
        self._store.execute(
            "UPDATE fb_conversations SET updated_ms = max(updated_ms, ?) WHERE number = ?",
            (milliseconds(message.created_at), message.conversation),
        )

    def rewrite(self, message: Message, text: str) -> None:
        self._store.execute(
            "UPDATE fb_messages SET doc = json_set(doc, '$.text', ?) WHERE id = ?", (text, message.id)
        )

    def delete(self, message: Message) -> None:
        self._store.execute("DELETE FROM fb_messages WHERE id = ?", (message.id,))

    def get(self, identity: str) -> Message | None:
        row = self._store.one("SELECT * FROM fb_messages WHERE id = ?", (identity,))
        return None if row is None else _message(row)

    def of(self, conversation: int, below: int | None = None, limit: int = 25) -> list[Message]:
        """Newest first."""
        rows = self._store.execute(
            "SELECT * FROM fb_messages WHERE conversation = :c AND (:below IS NULL OR number < :below)"
            " ORDER BY number DESC LIMIT :limit",
            {"c": conversation, "below": below, "limit": limit},
        )
        return [_message(row) for row in rows]

    def after(self, message: Message) -> list[Message]:
        """What was said later in the same conversation, oldest first."""
        rows = self._store.execute(
            "SELECT * FROM fb_messages WHERE conversation = ? AND number > ? ORDER BY number",
            (message.conversation, message.number),
        )
        return [_message(row) for row in rows]

    def rank(self, message: Message) -> int:
        """How many newer messages the conversation holds."""
        return len(self.after(message))

    def count(self, conversation: int) -> int:
        row = self._store.one("SELECT count(*) FROM fb_messages WHERE conversation = ?", (conversation,))
        return 0 if row is None else int(row[0])

    def unanswered(self, conversation: int) -> int:
        """Messages of the person since the page last wrote."""
        row = self._store.one(
            "SELECT count(*) FROM fb_messages WHERE conversation = :c AND from_page = 0 AND number >"
            " (SELECT coalesce(max(number), 0) FROM fb_messages WHERE conversation = :c AND from_page = 1)",
            {"c": conversation},
        )
        return 0 if row is None else int(row[0])

    def last_incoming(self, conversation: int) -> datetime | None:
        """When the person last wrote: the windows of the Send API count from then (contract section 3)."""
        row = self._store.one(
            "SELECT max(created_ms) FROM fb_messages WHERE conversation = ? AND from_page = 0",
            (conversation,),
        )
        return None if row is None or row[0] is None else datetime.fromtimestamp(row[0] / 1000, UTC)

    def private_reply_to(self, identity: str) -> Message | None:
        row = self._store.one("SELECT * FROM fb_messages WHERE about_id = ?", (identity,))
        return None if row is None else _message(row)


def _conversation(row: Any) -> Conversation:
    return Conversation(
        number=row["number"],
        page_id=row["page_id"],
        user_id=row["user_id"],
        updated_at=datetime.fromtimestamp(row["updated_ms"] / 1000, UTC),
    )


def _message(row: Any) -> Message:
    doc = json.loads(row["doc"])
    return Message(
        number=row["number"],
        id=row["id"],
        conversation=row["conversation"],
        from_page=bool(row["from_page"]),
        created_at=datetime.fromtimestamp(row["created_ms"] / 1000, UTC),
        text=doc["text"],
        about_id=row["about_id"],
        media=tuple(doc["media"]),
        metadata=doc.get("metadata"),
    )
