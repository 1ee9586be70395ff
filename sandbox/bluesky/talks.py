"""The rows of Bluesky's chat: conversations, messages, and the log by which both are followed."""

import json
from datetime import UTC, datetime
from typing import Any

from sandbox.bluesky.names import number_of, tid_at, tid_of
from sandbox.bluesky.schema import Message, Talk
from sandbox.ids import milliseconds, person_number
from sandbox.store import Store

_REVS = 1 << 58
"""Where revisions begin, so that they look like those of the real service."""


class Talks:
    """Conversations of two, one for each pair."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_pair(self, account: str, other: str, status: str) -> Talk:
        """The conversation of a pair, begun with `status` when there is none."""
        row = self._store.one("SELECT * FROM bsky_talks WHERE account = ? AND other = ?", (account, other))
        if row is not None:
            return _talk(row)
        identity = tid_of((1 << 57) + person_number(f"{account}/{other}", 0, 1 << 50))
        self._store.execute("INSERT INTO bsky_talks VALUES (?, ?, ?, ?)", (identity, account, other, status))
        self._log(identity, "logBeginConvo", None)
        return Talk(id=identity, account=account, other=other, status=status)

    def get(self, identity: str) -> Talk | None:
        row = self._store.one("SELECT * FROM bsky_talks WHERE id = ?", (identity,))
        return None if row is None else _talk(row)

    def accept(self, talk: Talk) -> bool:
        """Take a conversation out of the requests; False when it was accepted before."""
        if talk.status == "accepted":
            return False
        self._store.execute("UPDATE bsky_talks SET status = 'accepted' WHERE id = ?", (talk.id,))
        self._log(talk.id, "logAcceptConvo", None)
        return True

    def say(self, talk: Talk, sender: str, text: str, facets: list[Any], at: datetime) -> Message:
        row = self._store.one("SELECT coalesce(max(number), 0) + 1 FROM bsky_messages")
        identity = tid_at(at, int(row[0]) if row else 1)
        self._store.execute(
            "INSERT INTO bsky_messages (id, talk, sender, sent_ms, text, facets) VALUES (?, ?, ?, ?, ?, ?)",
            (identity, talk.id, sender, milliseconds(at), text, json.dumps(facets)),
        )
        self._log(talk.id, "logCreateMessage", identity)
        return self.known(identity)

    def message(self, identity: str) -> Message | None:
        row = self._store.one("SELECT * FROM bsky_messages WHERE id = ?", (identity,))
        return None if row is None else _message(row)

    def known(self, identity: str) -> Message:
        """The message of an id that a row holds. LookupError: there is none."""
        found = self.message(identity)
        if found is None:
            raise LookupError(f"no message {identity}")
        return found

    def messages(self, talk: str, below: int, limit: int) -> list[Message]:
        """Newest first."""
        rows = self._store.execute(
            "SELECT * FROM bsky_messages WHERE talk = ? AND number < ? ORDER BY number DESC LIMIT ?",
            (talk, below, limit),
        )
        return [_message(row) for row in rows]

    def after(self, message: Message) -> list[Message]:
        rows = self._store.execute(
            "SELECT * FROM bsky_messages WHERE talk = ? AND number > ? ORDER BY number",
            (message.talk, message.number),
        )
        return [_message(row) for row in rows]

    def of_account(self, account: str) -> list[Talk]:
        rows = self._store.execute("SELECT * FROM bsky_talks WHERE account = ?", (account,)).fetchall()
        return sorted(map(_talk, rows), key=lambda talk: self.rev_of(talk.id), reverse=True)

    def newest(self, limit: int) -> list[Message]:
        rows = self._store.execute("SELECT * FROM bsky_messages ORDER BY number DESC LIMIT ?", (limit,))
        return [_message(row) for row in rows]

    def rev_of(self, talk: str, message: str | None = None) -> str:
        """The revision of a conversation's last event, or of a message's making."""
        row = self._store.one(
            "SELECT coalesce(max(rev), 0) FROM bsky_log WHERE talk = ? AND (? IS NULL OR message = ?)",
            (talk, message, message),
        )
        return tid_of(_REVS + (int(row[0]) if row else 0))

    def events(self, account: str, cursor: str, limit: int) -> list[tuple[str, str, str, str | None]]:
        """(rev, talk, kind, message id) after a revision, in order."""
        rows = self._store.execute(
            "SELECT l.* FROM bsky_log l JOIN bsky_talks t ON t.id = l.talk"
            " WHERE t.account = ? AND l.rev > ? ORDER BY l.rev LIMIT ?",
            (account, number_of(cursor) - _REVS if cursor else 0, limit),
        )
        return [(tid_of(_REVS + row["rev"]), row["talk"], row["kind"], row["message"]) for row in rows]

    def _log(self, talk: str, kind: str, message: str | None) -> None:
        self._store.execute(
            "INSERT INTO bsky_log (talk, kind, message) VALUES (?, ?, ?)", (talk, kind, message)
        )


def _talk(row: Any) -> Talk:
    return Talk(id=row["id"], account=row["account"], other=row["other"], status=row["status"])


def _message(row: Any) -> Message:
    return Message(
        number=row["number"],
        id=row["id"],
        talk=row["talk"],
        sender=row["sender"],
        sent_at=datetime.fromtimestamp(row["sent_ms"] / 1000, UTC),
        text=row["text"],
        facets=json.loads(row["facets"]),
    )
