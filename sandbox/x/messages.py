"""Direct messages as rows."""

import json
from datetime import UTC, datetime
from typing import Any

from sandbox.ids import milliseconds
from sandbox.store import Store
from sandbox.x.schema import Message


def conversation_of(one: int, other: int) -> str:
    """The id of a conversation of two: smaller id, dash, larger id (contract section 1.4)."""
    return f"{min(one, other)}-{max(one, other)}"


class Messages:
    """The rows of x_messages."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, message: Message) -> None:
        self._store.execute(
            "INSERT INTO x_messages VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                message.id,
                message.conversation_id,
                message.account_id,
                message.other_id,
                message.sender_id,
                milliseconds(message.created_at),
                json.dumps({"text": message.text, "media": message.media}),
            ),
        )

    def get(self, identity: int) -> Message | None:
        row = self._store.one("SELECT * FROM x_messages WHERE id = ?", (identity,))
        return None if row is None else _message(row)

    def of_account(self, account_id: int, below: int | None, since: datetime, limit: int) -> list[Message]:
        """Newest first, both directions, below the id `below` when given, not before `since`."""
        rows = self._store.execute(
            "SELECT * FROM x_messages WHERE account_id = :account AND (:below IS NULL OR id < :below)"
            " AND created_ms >= :since ORDER BY id DESC LIMIT :limit",
            {"account": account_id, "below": below, "since": milliseconds(since), "limit": limit},
        )
        return [_message(row) for row in rows]

    def of_conversation(
        self, conversation_id: str, below: int | None, since: datetime, limit: int
    ) -> list[Message]:
        """Newest first, as `of_account`."""
        rows = self._store.execute(
            "SELECT * FROM x_messages WHERE conversation_id = :talk AND (:below IS NULL OR id < :below)"
            " AND created_ms >= :since ORDER BY id DESC LIMIT :limit",
            {
                "talk": conversation_id,
                "below": below,
                "since": milliseconds(since),
                "limit": limit,
            },
        )
        return [_message(row) for row in rows]

    def group_member(self, conversation_id: str, account_id: int) -> int | None:
        """Somebody who wrote in a group of the account's; None when there is no such group."""
        row = self._store.one(
            "SELECT other_id FROM x_messages WHERE conversation_id = ? AND account_id = ?"
            " AND conversation_id NOT LIKE '%-%' ORDER BY id DESC LIMIT 1",
            (conversation_id, account_id),
        )
        return None if row is None else int(row["other_id"])

    def after(self, message: Message) -> list[Message]:
        """What was said in the same conversation later, oldest first."""
        rows = self._store.execute(
            "SELECT * FROM x_messages WHERE conversation_id = ? AND id > ? ORDER BY id",
            (message.conversation_id, message.id),
        )
        return [_message(row) for row in rows]

    def newest(self, limit: int) -> list[Message]:
        rows = self._store.execute("SELECT * FROM x_messages ORDER BY id DESC LIMIT ?", (limit,))
        return [_message(row) for row in rows]

    def last_id(self) -> int:
        row = self._store.one("SELECT coalesce(max(id), 0) FROM x_messages")
        return 0 if row is None else int(row[0])


def _message(row: Any) -> Message:
    doc = json.loads(row["doc"])
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        account_id=row["account_id"],
        other_id=row["other_id"],
        sender_id=row["sender_id"],
        created_at=datetime.fromtimestamp(row["created_ms"] / 1000, UTC),
        text=doc["text"],
        media=tuple(doc["media"]),
    )
