"""What the post office asks of the rest of the sandbox, and nothing more."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class JournalLike(Protocol):
    def add(self, kind: str, channel: str, data: dict[str, Any]) -> int: ...


class StoreLike(Protocol):
    @property
    def journal(self) -> JournalLike: ...

    def execute(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Cursor: ...


class ClockLike(Protocol):
    def now(self) -> datetime: ...


class SettingsLike(Protocol):
    @property
    def imap_port(self) -> int: ...

    @property
    def smtp_port(self) -> int: ...
