"""Sessions: access tokens of two hours, refresh tokens of two months that work once (contract section 7)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.ids import milliseconds
from sandbox.store import Store

ACCESS, REFRESH = timedelta(hours=2), timedelta(days=60)


@dataclass(frozen=True)
class Session:
    did: str
    access: str
    refresh: str


class Sessions:
    """The rows of bsky_tokens."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, did: str, now: datetime) -> Session:
        session = Session(did, secrets.token_urlsafe(40), secrets.token_urlsafe(40))
        for token, kind, life in ((session.access, "access", ACCESS), (session.refresh, "refresh", REFRESH)):
            self._store.execute(
                "INSERT INTO bsky_tokens (token, kind, did, expires_ms) VALUES (?, ?, ?, ?)",
                (token, kind, did, milliseconds(now + life)),
            )
        return session

    def look(self, token: str, kind: str, now: datetime) -> tuple[str, str]:
        """(did, "") of a token that is in order, or ("", the name of the error)."""
        row = self._store.one("SELECT * FROM bsky_tokens WHERE token = ? AND kind = ?", (token, kind))
        if row is None:
            return "", "InvalidToken"
        if row["dead"] or row["expires_ms"] <= milliseconds(now):
            return "", "ExpiredToken"
        return str(row["did"]), ""

    def use_up(self, token: str) -> None:
        self._store.execute("UPDATE bsky_tokens SET dead = 1 WHERE token = ?", (token,))

    def expire(self, did: str, *, everything: bool) -> None:
        """Access tokens are at their end; `everything` takes the refresh tokens too."""
        self._store.execute(
            "UPDATE bsky_tokens SET dead = 1 WHERE did = ? AND (kind = 'access' OR ?)", (did, everything)
        )
