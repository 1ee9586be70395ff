"""The durable world: one SQLite file, one connection, one thread.

Every statement outside `transaction()` commits by itself and is on disk when `execute` returns
(WAL with synchronous=FULL), so that a killed sandbox comes back with all that it acknowledged.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox import journal

_MEMORY = "CREATE TABLE IF NOT EXISTS memory (key TEXT PRIMARY KEY, value TEXT NOT NULL);"


class Store:
    """Opened once by `Store.open(folder)`; rows answer to their column names."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._depth = 0
        self.create(_MEMORY)
        self.create(journal.SCHEMA)
        self.journal = journal.Journal(self.execute)

    @classmethod
    def open(cls, folder: Path) -> "Store":
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(folder / "world.sqlite3", isolation_level=None)
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8000"):
            connection.execute(f"PRAGMA {pragma}")
        return cls(connection)

    def create(self, schema: str) -> None:
        """Run CREATE … IF NOT EXISTS statements, each ended by a semicolon at the end of a line."""
        for statement in schema.split(";\n"):
            if statement.strip():
                self._connection.execute(statement)

    def execute(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Cursor:
        return self._connection.execute(sql, params)

    def one(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Row | None:
        """The first row, or None."""
        row: sqlite3.Row | None = self._connection.execute(sql, params).fetchone()
        return row

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, with one flush to disk; an inner one joins the outer. Never await inside."""
        if self._depth:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        else:
            self._connection.execute("COMMIT")
        finally:
            self._depth -= 1

    def remember(self, key: str, value: str) -> None:
        self.execute(
            "INSERT INTO memory VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def recall(self, key: str) -> str | None:
        row = self.one("SELECT value FROM memory WHERE key = ?", (key,))
        return None if row is None else str(row["value"])

    def forget(self, prefix: str) -> None:
        """Drop every memory whose key begins with `prefix`."""
        self.execute("DELETE FROM memory WHERE substr(key, 1, length(:p)) = :p", {"p": prefix})

    def close(self) -> None:
        self._connection.close()
