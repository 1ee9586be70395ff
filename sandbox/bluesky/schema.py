"""Tables of Bluesky, and the rows as they are used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS bsky_posts (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  uri TEXT NOT NULL UNIQUE,
  author TEXT NOT NULL,
  parent_uri TEXT,
  root_uri TEXT NOT NULL,
  indexed_ms INTEGER NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0,
  record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS bsky_posts_author ON bsky_posts (author, number);
CREATE INDEX IF NOT EXISTS bsky_posts_parent ON bsky_posts (parent_uri) WHERE parent_uri IS NOT NULL;
CREATE TABLE IF NOT EXISTS bsky_notices (
  account TEXT NOT NULL,
  number INTEGER NOT NULL,
  reason TEXT NOT NULL,
  subject TEXT,
  PRIMARY KEY (account, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bsky_talks (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  other TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('request', 'accepted')),
  UNIQUE (account, other)
);
CREATE TABLE IF NOT EXISTS bsky_messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  talk TEXT NOT NULL,
  sender TEXT NOT NULL,
  sent_ms INTEGER NOT NULL,
  text TEXT NOT NULL,
  facets TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS bsky_messages_talk ON bsky_messages (talk, number);
CREATE TABLE IF NOT EXISTS bsky_log (
  rev INTEGER PRIMARY KEY AUTOINCREMENT,
  talk TEXT NOT NULL,
  kind TEXT NOT NULL,
  message TEXT
);
CREATE TABLE IF NOT EXISTS bsky_blobs (cid TEXT PRIMARY KEY, media INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS bsky_closed (did TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS bsky_tokens (
  token TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
  did TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  dead INTEGER NOT NULL DEFAULT 0
);
"""

TABLES = (
    "bsky_posts",
    "bsky_notices",
    "bsky_talks",
    "bsky_messages",
    "bsky_log",
    "bsky_blobs",
    "bsky_closed",
    "bsky_tokens",
)


@dataclass(frozen=True, kw_only=True)
class Post:
    """`record` is what its author wrote into their repository; `closed` when nobody may answer it."""

    number: int
    uri: str
    author: str
    parent_uri: str | None
    root_uri: str
    indexed_at: datetime
    closed: bool
    gone: bool
    record: dict[str, Any]

    @property
    def rkey(self) -> str:
        return self.uri.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A conversation of an account of the force with one other; `status` as the account sees it."""

    id: str
    account: str
    other: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Message:
    number: int
    id: str
    talk: str
    sender: str
    sent_at: datetime
    text: str
    facets: list[dict[str, Any]]
