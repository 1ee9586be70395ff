"""Posts and comments as rows."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.graph.schema import Thing
from sandbox.ids import milliseconds
from sandbox.store import Store

_FIRST_NUMBER = 700_000_000_000_000


@dataclass(frozen=True, kw_only=True)
class Part:
    """Which part of an edge: numbers exclusive, times in UTC, `newest_first` the direction."""

    after: int | None = None
    before: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 25
    newest_first: bool = True


class Things:
    """The rows of fb_objects and fb_likes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_number(self) -> int:
        row = self._store.one("SELECT coalesce(max(number), ?) + 1 FROM fb_objects", (_FIRST_NUMBER,))
        return _FIRST_NUMBER if row is None else int(row[0])

    def keep(self, thing: Thing) -> None:
        doc = json.dumps({"message": thing.message, "media": thing.media})
        self._store.execute(
            "INSERT INTO fb_objects (number, id, page_id, kind, post_id, parent_id, answered_id, from_id,"
            " created_ms, updated_ms, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                thing.number,
                thing.id,
                thing.page_id,
                thing.kind,
                thing.post_id,
                thing.parent_id,
                thing.answered_id,
                thing.from_id,
                milliseconds(thing.created_at),
                milliseconds(thing.updated_at),
                doc,
            ),
        )

    def get(self, identity: str) -> Thing | None:
        """The post or comment, gone or not; a comment also answers to its last number alone."""
        row = self._store.one("SELECT * FROM fb_objects WHERE id = ?", (identity,))
        if row is None and identity.isdecimal() and len(identity) < 19:
            row = self._store.one("SELECT * FROM fb_objects WHERE number = ?", (int(identity),))
        return None if row is None else _thing(row)

    def posts(
        self, page_id: str, part: Part, by: str | None = None, not_by: str | None = None
    ) -> list[Thing]:
        """Living posts on a page, of one writer or of all but one when told."""
        return self._part(
            "kind = 'post' AND page_id = :page AND (:by IS NULL OR from_id = :by)"
            " AND (:not_by IS NULL OR from_id != :not_by)",
            {"page": page_id, "by": by, "not_by": not_by},
            part,
        )

    def comments(self, post_id: str, part: Part, top_only: bool) -> list[Thing]:
        """Living comments under a post, all levels or the first."""
        where = "kind = 'comment' AND post_id = :post" + (" AND parent_id IS NULL" if top_only else "")
        return self._part(where, {"post": post_id}, part)

    def replies(self, comment_id: str, part: Part) -> list[Thing]:
        """Living comments at the second level under a comment."""
        return self._part("parent_id = :parent", {"parent": comment_id}, part)

    def ranked(self, owner: Thing, part: Part, top_only: bool) -> list[Thing]:
        """Comments as Facebook ranks them: the liked ones first, then by its own mind."""
        under = "parent_id = :owner" if owner.kind == "comment" else "kind = 'comment' AND post_id = :owner"
        rows = self._store.execute(
            "WITH ranks AS (SELECT number,"  # noqa: S608 - built of our own words
            " (SELECT count(*) FROM fb_likes WHERE object_id = o.id) AS likes,"
            " (number % 1000003) * 7919 % 104729 AS mind FROM fb_objects o"
            f" WHERE {under} AND gone = 0 AND (NOT :top OR parent_id IS NULL)),"
            " places AS"
            " (SELECT number, row_number() OVER (ORDER BY likes DESC, mind, number) AS place FROM ranks)"
            " SELECT o.* FROM places p JOIN fb_objects o ON o.number = p.number"
            " WHERE place > coalesce((SELECT place FROM places WHERE number = :after), 0)"
            " AND place < coalesce((SELECT place FROM places WHERE number = :before), 1e18)"
            " ORDER BY place LIMIT :limit",
            {
                "owner": owner.id,
                "top": top_only,
                "after": part.after,
                "before": part.before,
                "limit": part.limit,
            },
        )
        return [_thing(row) for row in rows]

    def answers_to(self, identity: str) -> list[Thing]:
        rows = self._store.execute(
            "SELECT * FROM fb_objects WHERE answered_id = ? AND gone = 0 ORDER BY number", (identity,)
        )
        return [_thing(row) for row in rows]

    def count(self, post_id: str, top_only: bool = False) -> int:
        row = self._store.one(
            "SELECT count(*) FROM fb_objects WHERE kind = 'comment' AND gone = 0 AND post_id = ?"
            " AND (NOT ? OR parent_id IS NULL)",
            (post_id, top_only),
        )
        return 0 if row is None else int(row[0])

    def count_replies(self, comment_id: str) -> int:
        row = self._store.one(
            "SELECT count(*) FROM fb_objects WHERE parent_id = ? AND gone = 0", (comment_id,)
        )
        return 0 if row is None else int(row[0])

    def said_since(self, from_id: str, answered_id: str, message: str, since: datetime) -> bool:
        """Whether this writer has said the very same under the same thing at `since` or later."""
        rows = self._store.execute(
            "SELECT * FROM fb_objects WHERE answered_id = ? AND from_id = ? AND created_ms >= ? AND gone = 0",
            (answered_id, from_id, milliseconds(since)),
        )
        return any(_thing(row).message == message for row in rows)

    def touch(self, post_id: str, at: datetime) -> None:
        self._store.execute(
            "UPDATE fb_objects SET updated_ms = max(updated_ms, ?) WHERE id = ?", (milliseconds(at), post_id)
        )

    def rewrite(self, thing: Thing, message: str) -> None:
        doc = json.dumps({"message": message, "media": thing.media})
        self._store.execute("UPDATE fb_objects SET doc = ? WHERE id = ?", (doc, thing.id))

    def delete(self, thing: Thing) -> None:
        """It goes, and what stands under it goes too."""
        self._store.execute(
            "UPDATE fb_objects SET gone = 1 WHERE id = :id OR post_id = :id OR parent_id = :id",
            {"id": thing.id},
        )

    def hide(self, identity: str, hidden: bool) -> None:
        self._store.execute("UPDATE fb_objects SET hidden = ? WHERE id = ?", (int(hidden), identity))

    def like(self, identity: str, by_id: str, likes: bool) -> None:
        verb = "INSERT OR IGNORE INTO fb_likes VALUES (?, ?)"
        if not likes:
            verb = "DELETE FROM fb_likes WHERE object_id = ? AND by_id = ?"
        self._store.execute(verb, (identity, by_id))

    def liked_by(self, identity: str, by_id: str) -> bool:
        row = self._store.one("SELECT 1 FROM fb_likes WHERE object_id = ? AND by_id = ?", (identity, by_id))
        return row is not None

    def likes(self, identity: str) -> int:
        row = self._store.one("SELECT count(*) FROM fb_likes WHERE object_id = ?", (identity,))
        return 0 if row is None else int(row[0])

    def _part(self, where: str, params: dict[str, Any], part: Part) -> list[Thing]:
        order, beyond, short = ("DESC", "<", ">") if part.newest_first else ("ASC", ">", "<")
        rows = self._store.execute(
            f"SELECT * FROM fb_objects WHERE {where} AND gone = 0"  # noqa: S608 - built of our own words
            f" AND (:after IS NULL OR number {beyond} :after) AND (:before IS NULL OR number {short} :before)"
            " AND (:since IS NULL OR created_ms >= :since) AND (:until IS NULL OR created_ms < :until)"
            f" ORDER BY number {order} LIMIT :limit",
            {
                **params,
                "after": part.after,
                "before": part.before,
                "since": None if part.since is None else milliseconds(part.since),
                "until": None if part.until is None else milliseconds(part.until),
                "limit": part.limit,
            },
        )
        return [_thing(row) for row in rows]


def _thing(row: Any) -> Thing:
    doc = json.loads(row["doc"])
    return Thing(
        number=row["number"],
        id=row["id"],
        page_id=row["page_id"],
        kind=row["kind"],
        post_id=row["post_id"],
        parent_id=row["parent_id"],
        answered_id=row["answered_id"],
        from_id=row["from_id"],
        created_at=datetime.fromtimestamp(row["created_ms"] / 1000, UTC),
        updated_at=datetime.fromtimestamp(row["updated_ms"] / 1000, UTC),
        message=doc["message"],
        hidden=bool(row["hidden"]),
        gone=bool(row["gone"]),
        media=tuple(doc["media"]),
    )
