"""OAuth 2.0 tokens of X: access tokens of two hours, refresh tokens that work once (contract section 1.2)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.accounts import Account, Accounts, X
from sandbox.ids import milliseconds
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS x_tokens (
  token TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
  account_id TEXT NOT NULL,
  family TEXT NOT NULL,
  expires_ms INTEGER,
  used INTEGER NOT NULL DEFAULT 0,
  dead INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS x_tokens_family ON x_tokens (family);
"""

LIFE_SECONDS = 7200


@dataclass(frozen=True)
class Pair:
    access: str
    refresh: str


class Tokens:
    """The rows of x_tokens; the first pair of an account is the one its credentials name."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        store.create(SCHEMA)
        self._store, self._accounts = store, accounts

    def bearer(self, token: str, now: datetime) -> Account | None:
        """The account that an access token speaks for, when it is alive."""
        row = self._store.one("SELECT * FROM x_tokens WHERE token = ? AND kind = 'access'", (token,))
        if row is None:
            return self._first_account("bearer_token", token)
        if row["dead"] or (row["expires_ms"] is not None and row["expires_ms"] <= milliseconds(now)):
            return None
        return self._accounts.get(X, row["account_id"])

    def refresh(self, token: str, now: datetime) -> Pair | None:
        """A new pair for a refresh token that was never used; using one twice ends the whole family."""
        self._begin(token)
        row = self._store.one("SELECT * FROM x_tokens WHERE token = ? AND kind = 'refresh'", (token,))
        if row is None or row["dead"]:
            return None
        if row["used"]:
            self._store.execute("UPDATE x_tokens SET dead = 1 WHERE family = ?", (row["family"],))
            return None
        self._store.execute("UPDATE x_tokens SET used = 1 WHERE token = ?", (token,))
        return self.issue(row["account_id"], row["family"], now)

    def issue(self, account_id: str, family: str, now: datetime) -> Pair:
        pair = Pair(access=secrets.token_urlsafe(48), refresh=secrets.token_urlsafe(48))
        dies = milliseconds(now + timedelta(seconds=LIFE_SECONDS))
        for token, kind, expires in ((pair.access, "access", dies), (pair.refresh, "refresh", None)):
            self._store.execute(
                "INSERT INTO x_tokens (token, kind, account_id, family, expires_ms) VALUES (?, ?, ?, ?, ?)",
                (token, kind, account_id, family, expires),
            )
        return pair

    def kill(self, token: str) -> None:
        """The owner takes the permission back: everything of the token's family dies."""
        row = self._store.one("SELECT family FROM x_tokens WHERE token = ?", (token,))
        if row is not None:
            self._store.execute("UPDATE x_tokens SET dead = 1 WHERE family = ?", (row["family"],))

    def expire(self, account_id: str, now: datetime) -> None:
        """Every access token of the account is at its end; refresh tokens are not."""
        self._adopt(account_id)
        self._store.execute(
            "UPDATE x_tokens SET expires_ms = ? WHERE account_id = ? AND kind = 'access'",
            (milliseconds(now), account_id),
        )

    def empty(self) -> None:
        self._store.execute("DELETE FROM x_tokens")

    def _first_account(self, key: str, token: str) -> Account | None:
        """The account whose credentials name this token, unless its first pair was already spent."""
        return self._accounts.by_credential(X, key, token)

    def _begin(self, refresh_token: str) -> None:
        account = self._accounts.by_credential(X, "refresh_token", refresh_token)
        if account is not None:
            self._adopt(account.id)

    def _adopt(self, account_id: str) -> None:
        """Write down the first pair of an account, so that it can be used up, expired and killed."""
        account = self._accounts.get(X, account_id)
        if account is None:
            return
        for key, kind in (("bearer_token", "access"), ("refresh_token", "refresh")):
            self._store.execute(
                "INSERT OR IGNORE INTO x_tokens (token, kind, account_id, family) VALUES (?, ?, ?, ?)",
                (account.credentials[key], kind, account.id, f"first-{account.id}"),
            )
