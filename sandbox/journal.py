"""The journal: everything the public wrote, the sandbox served, and the desk sent. The oracle of tests."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

KINDS = ("written", "served", "accepted", "refused", "fault")

SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('written', 'served', 'accepted', 'refused', 'fault')),
  channel TEXT NOT NULL,
  data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS journal_kind ON journal (kind, seq);
"""


@dataclass(frozen=True)
class JournalEntry:
    """`kind` is one of KINDS, `channel` is "x", "facebook" or "mail", `at` is ISO 8601 in UTC."""

    seq: int
    at: str
    kind: str
    channel: str
    data: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Journal:
    """Append-only. Numbers ascend and are never given twice, even after the world was emptied."""

    def __init__(self, execute: Callable[..., sqlite3.Cursor]) -> None:
        self._execute = execute
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def add(self, kind: str, channel: str, data: dict[str, Any]) -> int:
        """Append one entry, gives its number. sqlite3.IntegrityError: an unknown kind."""
        cursor = self._execute(
            "INSERT INTO journal (at, kind, channel, data) VALUES (?, ?, ?, ?)",
            (self.now().isoformat(), kind, channel, json.dumps(data)),
        )
        return int(cursor.lastrowid or 0)

    def since(
        self, seq: int, limit: int, kind: str | None = None, channel: str | None = None
    ) -> list[JournalEntry]:
        """Entries numbered above `seq`, oldest first, at most `limit`."""
        rows = self._execute(
            "SELECT seq, at, kind, channel, data FROM journal WHERE seq > :seq"
            " AND (:kind IS NULL OR kind = :kind) AND (:channel IS NULL OR channel = :channel)"
            " ORDER BY seq LIMIT :limit",
            {"seq": seq, "kind": kind, "channel": channel, "limit": limit},
        )
        return [JournalEntry(r[0], r[1], r[2], r[3], json.loads(r[4])) for r in rows]

    def last(self) -> int:
        """The highest number given so far, 0 when nothing was written yet."""
        return int(self._execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])
