"""Posts as rows: written once, edited into chains, deleted whole, read newest first."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.ids import milliseconds
from sandbox.store import Store
from sandbox.x.schema import Post


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which part of a timeline: ids exclusive at both ends, times as X has them (start inclusive)."""

    since_id: int | None = None
    until_id: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    limit: int = 10
    reach: int = 800


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Posts:
    """The rows of x_posts and x_mentions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, post: Post, mentions: Iterable[int]) -> None:
        doc = {
            "text": post.text,
            "start": post.start,
            "entities": post.entities,
            "media": post.media,
            "quoted_id": post.quoted_id,
            "place": post.place,
        }
        self._store.execute(
            "INSERT INTO x_posts (id, author_id, conversation_id, parent_id, first_id, created_ms, digest,"
            " doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                post.id,
                post.author_id,
                post.conversation_id,
                post.parent_id,
                post.first_id,
                milliseconds(post.created_at),
                digest(post.text),
                json.dumps(doc),
            ),
        )
        for user_id in set(mentions):
            self._store.execute("INSERT INTO x_mentions VALUES (?, ?)", (user_id, post.id))

    def get(self, identity: int) -> Post | None:
        """The post, gone or not."""
        row = self._store.one("SELECT * FROM x_posts WHERE id = ?", (identity,))
        return None if row is None else _post(row)

    def chain(self, first_id: int) -> list[int]:
        """Ids of all versions, the oldest first."""
        rows = self._store.execute("SELECT id FROM x_posts WHERE first_id = ? ORDER BY id", (first_id,))
        return [int(row["id"]) for row in rows]

    def mentions_of(self, user_id: int, span: Span) -> list[Post]:
        """Newest first: living posts of others that mention the user, from the newest `reach` of them."""
        return self._timeline(
            "SELECT m.post_id AS id FROM x_mentions m JOIN x_posts q ON q.id = m.post_id"
            " WHERE m.user_id = :user AND m.post_id > :since AND q.author_id != :user"
            " AND q.gone = 0 AND q.superseded = 0 ORDER BY m.post_id DESC LIMIT :reach",
            user_id,
            span,
        )

    def written_by(self, user_id: int, span: Span) -> list[Post]:
        """Newest first: living posts of one author."""
        return self._timeline(
            "SELECT q.id FROM x_posts q WHERE q.author_id = :user AND q.id > :since"
            " AND q.gone = 0 AND q.superseded = 0 ORDER BY q.id DESC LIMIT :reach",
            user_id,
            span,
        )

    def all_within(self, span: Span) -> Iterator[Post]:
        """Newest first: living posts of everybody, for whoever looks through them."""
        rows = self._store.execute(
            "SELECT * FROM x_posts WHERE gone = 0 AND superseded = 0 AND id > :since"
            " AND (:until IS NULL OR id < :until) AND (:start IS NULL OR created_ms >= :start)"
            " AND (:end IS NULL OR created_ms < :end) ORDER BY id DESC",
            {
                "since": span.since_id or 0,
                "until": span.until_id,
                "start": None if span.start is None else milliseconds(span.start),
                "end": None if span.end is None else milliseconds(span.end),
            },
        )
        return (_post(row) for row in rows)

    def quotes_of(self, identity: int, below: int | None, limit: int) -> list[Post]:
        """Newest first: living posts that quote one."""
        rows = self._store.execute(
            "SELECT * FROM x_posts WHERE json_extract(doc, '$.quoted_id') = :id AND gone = 0"
            " AND superseded = 0 AND (:below IS NULL OR id < :below) ORDER BY id DESC LIMIT :limit",
            {"id": identity, "below": below, "limit": limit},
        )
        return [_post(row) for row in rows]

    def answers_to(self, identity: int) -> list[Post]:
        rows = self._store.execute(
            "SELECT * FROM x_posts WHERE parent_id = ? AND gone = 0 AND superseded = 0 ORDER BY id",
            (identity,),
        )
        return [_post(row) for row in rows]

    def in_conversation(self, conversation_id: int) -> list[Post]:
        rows = self._store.execute(
            "SELECT * FROM x_posts WHERE conversation_id = ? AND gone = 0 AND superseded = 0 ORDER BY id",
            (conversation_id,),
        )
        return [_post(row) for row in rows]

    def newest(self, limit: int) -> list[Post]:
        """Newest first, of everybody: what a person of the public scrolls through."""
        rows = self._store.execute(
            "SELECT * FROM x_posts WHERE gone = 0 AND superseded = 0 ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [_post(row) for row in rows]

    def mentions_user(self, identity: int, user_id: int) -> bool:
        found = self._store.one(
            "SELECT 1 FROM x_mentions WHERE user_id = ? AND post_id = ?", (user_id, identity)
        )
        return found is not None

    def said_since(self, author_id: int, text: str, since: datetime) -> bool:
        """Whether the author has a living post with this very text, made at `since` or later."""
        found = self._store.one(
            "SELECT 1 FROM x_posts WHERE author_id = ? AND digest = ? AND created_ms >= ? AND gone = 0",
            (author_id, digest(text), milliseconds(since)),
        )
        return found is not None

    def supersede(self, identity: int) -> None:
        self._store.execute("UPDATE x_posts SET superseded = 1 WHERE id = ?", (identity,))

    def delete(self, first_id: int) -> None:
        """Every version of the chain goes (contract section 1.4)."""
        self._store.execute("UPDATE x_posts SET gone = 1 WHERE first_id = ?", (first_id,))

    def hide(self, identity: int, hidden: bool) -> None:
        self._store.execute("UPDATE x_posts SET hidden = ? WHERE id = ?", (int(hidden), identity))

    def last_id(self) -> int:
        row = self._store.one("SELECT coalesce(max(id), 0) FROM x_posts")
        return 0 if row is None else int(row[0])

    def _timeline(self, newest: str, user_id: int, span: Span) -> list[Post]:
        rows = self._store.execute(
            f"SELECT p.* FROM ({newest}) n JOIN x_posts p ON p.id = n.id"  # noqa: S608 - both stand above
            " WHERE (:until IS NULL OR p.id < :until)"
            " AND (:start IS NULL OR p.created_ms >= :start) AND (:end IS NULL OR p.created_ms < :end)"
            " ORDER BY p.id DESC LIMIT :limit",
            {
                "user": user_id,
                "reach": span.reach,
                "since": span.since_id or 0,
                "until": span.until_id,
                "start": None if span.start is None else milliseconds(span.start),
                "end": None if span.end is None else milliseconds(span.end),
                "limit": span.limit,
            },
        )
        return [_post(row) for row in rows]


def _post(row: Any) -> Post:
    doc = json.loads(row["doc"])
    doc["media"] = tuple(doc["media"])
    return Post(
        id=row["id"],
        author_id=row["author_id"],
        conversation_id=row["conversation_id"],
        parent_id=row["parent_id"],
        first_id=row["first_id"],
        created_at=datetime.fromtimestamp(row["created_ms"] / 1000, UTC),
        superseded=bool(row["superseded"]),
        gone=bool(row["gone"]),
        hidden=bool(row["hidden"]),
        **doc,
    )
