"""The rows of Mastodon's statuses."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sandbox.ids import milliseconds
from sandbox.mastodon.schema import Status
from sandbox.store import Store

KEY_SECONDS = 3600
"""How long an idempotency key is remembered (contract section 8)."""


class Statuses:
    """Kept in the store; ids ascend strictly and carry the time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_id(self, at: datetime) -> int:
        row = self._store.one("SELECT coalesce(max(id), 0) + 1 FROM masto_statuses")
        return max(int(row[0]) if row else 1, milliseconds(at) << 16)

    def keep(self, status: Status) -> None:
        doc = {
            "text": status.text,
            "spoiler": status.spoiler,
            "mentions": status.mentions,
            "media": status.media,
        }
        edited = None if status.edited_at is None else milliseconds(status.edited_at)
        self._store.execute(
            "INSERT OR REPLACE INTO masto_statuses VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                status.id,
                status.author,
                status.parent_id,
                status.visibility,
                milliseconds(status.created_at),
                edited,
                status.gone,
                json.dumps(doc),
            ),
        )
        for author in status.mentions:
            self._store.execute("INSERT OR IGNORE INTO masto_mentions VALUES (?, ?)", (author, status.id))

    def get(self, identity: str) -> Status | None:
        if not identity.isdecimal() or len(identity) > 19:
            return None
        row = self._store.one("SELECT * FROM masto_statuses WHERE id = ?", (int(identity),))
        return None if row is None else _status(row)

    def delete(self, identity: int) -> None:
        self._store.execute("UPDATE masto_statuses SET gone = 1 WHERE id = ?", (identity,))

    def by(self, author: str, above: int, below: int, limit: int, *, upward: bool) -> list[Status]:
        """An author's living statuses between two ids; `upward` takes the lowest first."""
        return self._read("author = :who", {"who": author}, (above, below, limit), upward)

    def mentioning(self, author: str, above: int, below: int, limit: int, *, upward: bool) -> list[Status]:
        """Living statuses of others that mention somebody."""
        inside = "SELECT status_id FROM masto_mentions WHERE author = :who"
        where = f"author != :who AND id IN ({inside})"
        return self._read(where, {"who": author}, (above, below, limit), upward)

    def answers_to(self, identity: int) -> list[Status]:
        rows = self._store.execute(
            "SELECT * FROM masto_statuses WHERE parent_id = ? AND gone = 0 ORDER BY id", (identity,)
        )
        return [_status(row) for row in rows]

    def newest(self, limit: int) -> list[Status]:
        rows = self._store.execute(
            "SELECT * FROM masto_statuses WHERE gone = 0 ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [_status(row) for row in rows]

    def of_key(self, account: str, key: str, now: datetime) -> Status | None:
        """What was made with an idempotency key within the last hour."""
        row = self._store.one(
            "SELECT status_id FROM masto_keys WHERE account = ? AND key = ? AND at_ms > ?",
            (account, key, milliseconds(now) - KEY_SECONDS * 1000),
        )
        return None if row is None else self.get(str(row["status_id"]))

    def remember_key(self, account: str, key: str, status: Status) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO masto_keys VALUES (?, ?, ?, ?)",
            (account, key, status.id, milliseconds(status.created_at)),
        )

    def _read(
        self, where: str, more: dict[str, Any], span: tuple[int, int, int], upward: bool
    ) -> list[Status]:
        above, below, limit = span
        order = "ASC" if upward else "DESC"
        sql = (
            f"SELECT * FROM masto_statuses WHERE gone = 0 AND {where}"  # noqa: S608 - `where` is ours
            f" AND id > :above AND id < :below ORDER BY id {order} LIMIT :limit"
        )
        found = self._store.execute(sql, {**more, "above": above, "below": below, "limit": limit})
        return _newest_first(_status(row) for row in found)


def _newest_first(statuses: Iterable[Status]) -> list[Status]:
    return sorted(statuses, key=lambda status: status.id, reverse=True)


def _status(row: Any) -> Status:
    doc = json.loads(row["doc"])
    edited = row["edited_ms"]
    return Status(
        id=row["id"],
        author=row["author"],
        parent_id=row["parent_id"],
        visibility=row["visibility"],
        created_at=datetime.fromtimestamp(row["created_ms"] / 1000, UTC),
        edited_at=None if edited is None else datetime.fromtimestamp(edited / 1000, UTC),
        gone=bool(row["gone"]),
        text=doc["text"],
        spoiler=doc["spoiler"],
        mentions=tuple(doc["mentions"]),
        media=tuple(doc["media"]),
    )
