"""Tables of X, and the rows as they are used."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS x_users (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  username TEXT NOT NULL UNIQUE COLLATE NOCASE,
  doc TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS x_posts (
  id INTEGER PRIMARY KEY,
  author_id INTEGER NOT NULL,
  conversation_id INTEGER NOT NULL,
  parent_id INTEGER,
  first_id INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  digest TEXT NOT NULL,
  superseded INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0,
  hidden INTEGER NOT NULL DEFAULT 0,
  doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS x_posts_author ON x_posts (author_id, id);
CREATE INDEX IF NOT EXISTS x_posts_digest ON x_posts (author_id, digest);
CREATE INDEX IF NOT EXISTS x_posts_parent ON x_posts (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS x_posts_chain ON x_posts (first_id, id);
CREATE INDEX IF NOT EXISTS x_posts_conversation ON x_posts (conversation_id, id);
CREATE TABLE IF NOT EXISTS x_mentions (
  user_id INTEGER NOT NULL,
  post_id INTEGER NOT NULL,
  PRIMARY KEY (user_id, post_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS x_messages (
  id INTEGER PRIMARY KEY,
  conversation_id TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  other_id INTEGER NOT NULL,
  sender_id INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS x_messages_account ON x_messages (account_id, id);
CREATE INDEX IF NOT EXISTS x_messages_conversation ON x_messages (conversation_id, id);
"""

TABLES = ("x_users", "x_posts", "x_mentions", "x_messages")


@dataclass(frozen=True, kw_only=True)
class User:
    id: int
    username: str
    name: str
    created_at: datetime
    protected: bool = False
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class Post:
    """`text` is what the author wrote, unescaped, with short links; `entities` count in the escaped text.

    `start` counts the code points of the mentions that X itself put in front of a reply.
    """

    id: int
    author_id: int
    conversation_id: int
    parent_id: int | None
    first_id: int
    created_at: datetime
    text: str
    superseded: bool = False
    gone: bool = False
    hidden: bool = False
    start: int = 0
    entities: dict[str, Any] = field(default_factory=dict)
    media: tuple[int, ...] = ()
    quoted_id: int | None = None
    place: str | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """A direct message between one account of the force and one other user."""

    id: int
    conversation_id: str
    account_id: int
    other_id: int
    sender_id: int
    created_at: datetime
    text: str
    media: tuple[int, ...] = ()
