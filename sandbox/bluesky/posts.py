"""The rows of Bluesky's posts and of the notifications that they cause."""

import json
from datetime import UTC, datetime
from typing import Any

from sandbox.bluesky.schema import Post
from sandbox.ids import milliseconds
from sandbox.store import Store


class Posts:
    """Kept in the store in the order in which they were indexed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_number(self) -> int:
        row = self._store.one("SELECT coalesce(max(number), 0) + 1 FROM bsky_posts")
        return int(row[0]) if row else 1

    def keep(self, uri: str, record: dict[str, Any], at: datetime, *, closed: bool = False) -> Post:
        """Index a record. sqlite3.IntegrityError: there is one of this address."""
        reply = record.get("reply") or {}
        parent, root = reply.get("parent", {}).get("uri"), reply.get("root", {}).get("uri")
        self._store.execute(
            "INSERT INTO bsky_posts (uri, author, parent_uri, root_uri, indexed_ms, closed, record)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (uri, uri.split("/")[2], parent, root or uri, milliseconds(at), closed, json.dumps(record)),
        )
        return self.known(uri)

    def get(self, uri: str) -> Post | None:
        row = self._store.one("SELECT * FROM bsky_posts WHERE uri = ?", (uri,))
        return None if row is None else _post(row)

    def known(self, uri: str) -> Post:
        """The post of an address that a row holds. LookupError: there is none."""
        found = self.get(uri)
        if found is None:
            raise LookupError(f"no post {uri}")
        return found

    def delete(self, uri: str) -> None:
        self._store.execute("UPDATE bsky_posts SET gone = 1 WHERE uri = ?", (uri,))

    def answers_to(self, uri: str) -> list[Post]:
        return self._read("parent_uri = ? AND gone = 0 ORDER BY number", (uri,))

    def in_thread(self, root: str) -> list[Post]:
        return self._read("root_uri = ? AND gone = 0 ORDER BY number", (root,))

    def newest(self, limit: int) -> list[Post]:
        return self._read("gone = 0 ORDER BY number DESC LIMIT ?", (limit,))

    def by(self, author: str, limit: int, cursor: str | None) -> list[Post]:
        """An author's records by key, newest first, as a repository lists them."""
        return self._read(
            "author = ? AND gone = 0 AND (? IS NULL OR uri < ?) ORDER BY uri DESC LIMIT ?",
            (author, cursor, f"at://{author}/app.bsky.feed.post/{cursor}", limit),
        )

    def notify(self, account: str, post: Post, reason: str, subject: str | None) -> None:
        self._store.execute(
            "INSERT OR IGNORE INTO bsky_notices VALUES (?, ?, ?, ?)", (account, post.number, reason, subject)
        )

    def notices(self, account: str, below: int, limit: int) -> list[tuple[Post, str, str | None]]:
        """(post, reason, subject) of what concerns an account, newest first; deleted posts cause none."""
        rows = self._store.execute(
            "SELECT p.*, n.reason, n.subject FROM bsky_notices n JOIN bsky_posts p ON p.number = n.number"
            " WHERE n.account = ? AND n.number < ? AND p.gone = 0 ORDER BY n.number DESC LIMIT ?",
            (account, below, limit),
        )
        return [(_post(row), row["reason"], row["subject"]) for row in rows]

    def _read(self, rest: str, values: tuple[Any, ...]) -> list[Post]:
        rows = self._store.execute(f"SELECT * FROM bsky_posts WHERE {rest}", values)  # noqa: S608 - ours
        return [_post(row) for row in rows]


def _post(row: Any) -> Post:
    return Post(
        number=row["number"],
        uri=row["uri"],
        author=row["author"],
        parent_uri=row["parent_uri"],
        root_uri=row["root_uri"],
        indexed_at=datetime.fromtimestamp(row["indexed_ms"] / 1000, UTC),
        closed=bool(row["closed"]),
        gone=bool(row["gone"]),
        record=json.loads(row["record"]),
    )
