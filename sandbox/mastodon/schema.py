"""Tables of Mastodon, and the rows as they are used."""

from dataclasses import dataclass
from datetime import datetime

SCHEMA = """
CREATE TABLE IF NOT EXISTS masto_statuses (
  id INTEGER PRIMARY KEY,
  author TEXT NOT NULL,
  parent_id INTEGER,
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'unlisted', 'private', 'direct')),
  created_ms INTEGER NOT NULL,
  edited_ms INTEGER,
  gone INTEGER NOT NULL DEFAULT 0,
  doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS masto_statuses_author ON masto_statuses (author, id);
CREATE INDEX IF NOT EXISTS masto_statuses_parent ON masto_statuses (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS masto_mentions (
  author TEXT NOT NULL,
  status_id INTEGER NOT NULL,
  PRIMARY KEY (author, status_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS masto_keys (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  status_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) WITHOUT ROWID;
"""

TABLES = ("masto_statuses", "masto_mentions", "masto_keys")


@dataclass(frozen=True, kw_only=True)
class Status:
    """`author` and `mentions` are addresses: "jo_m@town.example", or "police" for the force's own account."""

    id: int
    author: str
    text: str
    visibility: str
    created_at: datetime
    parent_id: int | None = None
    edited_at: datetime | None = None
    gone: bool = False
    spoiler: str = ""
    mentions: tuple[str, ...] = ()
    media: tuple[int, ...] = ()
