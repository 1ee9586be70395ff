"""Tables of Facebook, and the rows as they are used."""

from dataclasses import dataclass
from datetime import datetime

SCHEMA = """
CREATE TABLE IF NOT EXISTS fb_users (
  id INTEGER PRIMARY KEY,
  doc TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS fb_objects (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  page_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('post', 'comment')),
  post_id TEXT NOT NULL,
  parent_id TEXT,
  answered_id TEXT,
  from_id TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  hidden INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0,
  doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS fb_objects_page ON fb_objects (page_id, number) WHERE kind = 'post';
CREATE INDEX IF NOT EXISTS fb_objects_post ON fb_objects (post_id, number) WHERE kind = 'comment';
CREATE INDEX IF NOT EXISTS fb_objects_parent ON fb_objects (parent_id, number) WHERE parent_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS fb_objects_answered ON fb_objects (answered_id, number);
CREATE INDEX IF NOT EXISTS fb_objects_from ON fb_objects (from_id, number);
CREATE TABLE IF NOT EXISTS fb_conversations (
  number INTEGER PRIMARY KEY,
  page_id TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  UNIQUE (page_id, user_id)
);
CREATE INDEX IF NOT EXISTS fb_conversations_page ON fb_conversations (page_id, updated_ms);
CREATE TABLE IF NOT EXISTS fb_messages (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  conversation INTEGER NOT NULL,
  from_page INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  about_id TEXT,
  doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS fb_messages_conversation ON fb_messages (conversation, number);
CREATE UNIQUE INDEX IF NOT EXISTS fb_messages_about ON fb_messages (about_id) WHERE about_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS fb_likes (
  object_id TEXT NOT NULL,
  by_id TEXT NOT NULL,
  PRIMARY KEY (object_id, by_id)
) WITHOUT ROWID;
"""

TABLES = ("fb_users", "fb_objects", "fb_conversations", "fb_messages", "fb_likes")


@dataclass(frozen=True, kw_only=True)
class Person:
    id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A post on the page or a comment under one.

    `parent_id` is the top-level comment that a second-level one stands under; `answered_id` is what its
    writer really answered, which two levels of threading cannot show (contract section 2.5).
    """

    number: int
    id: str
    page_id: str
    kind: str
    post_id: str
    parent_id: str | None
    answered_id: str | None
    from_id: str
    created_at: datetime
    updated_at: datetime
    message: str
    hidden: bool = False
    gone: bool = False
    media: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Conversation:
    number: int
    page_id: str
    user_id: int
    updated_at: datetime

    @property
    def id(self) -> str:
        return f"t_{self.number}"


@dataclass(frozen=True, kw_only=True)
class Message:
    """`about_id` is the comment or post that a private reply belongs to."""

    number: int
    id: str
    conversation: int
    from_page: bool
    created_at: datetime
    text: str
    about_id: str | None = None
    media: tuple[int, ...] = ()
    metadata: str | None = None
