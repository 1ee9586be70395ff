"""The force's own accounts on the channels, and the credentials the sandbox accepts for them.

Every secret here belongs to the sandbox alone: it opens nothing but this pretended world.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.issuers import ISSUERS
from sandbox.store import Store

CONSUMER_KEY = "sandbox-consumer"
CONSUMER_SECRET = "sandbox-consumer-secret"  # noqa: S105 - the sandbox's own, opens nothing else
CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - the sandbox's own, opens nothing else
APP_ID = "sandbox-app"
APP_SECRET = "sandbox-app-secret"  # noqa: S105 - the sandbox's own, opens nothing else
MAIL_PASSWORD = "sandbox-mail"  # noqa: S105 - the sandbox's own, opens nothing else

X, FACEBOOK, MAIL = "x", "facebook", "mail"
CHANNELS = (X, FACEBOOK, MAIL, *ISSUERS)

DESK_ADDRESS = "desk@northshire.example"
CONTROL_ROOM = "control.room@northshire.example"

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
  channel TEXT NOT NULL,
  id TEXT NOT NULL,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  handle TEXT NOT NULL,
  credentials TEXT NOT NULL,
  PRIMARY KEY (channel, id),
  UNIQUE (channel, handle)
);
"""


@dataclass(frozen=True, kw_only=True)
class Account:
    """`handle` is an address in mail, the page's short name on Facebook, elsewhere a user name."""

    channel: str
    id: str
    number: int
    name: str
    handle: str
    credentials: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


_FIRST = (
    (X, "1500000000000000001", "Northshire Police", "NorthshirePol"),
    (FACEBOOK, "104000000000001", "Northshire Police", "northshirepolice"),
    (MAIL, DESK_ADDRESS, "Northshire Police Desk", DESK_ADDRESS),
    (MAIL, CONTROL_ROOM, "Northshire Control Room", CONTROL_ROOM),
    *((issuer.channel, *issuer.first) for issuer in ISSUERS.values()),
)


class _Known:
    """All accounts at hand: they are asked for at every call and change hardly ever."""

    def __init__(self, accounts: list[Account]) -> None:
        self.by_id = {(account.channel, account.id): account for account in accounts}
        self.by_handle = {(account.channel, account.handle.lower()): account for account in accounts}
        self.by_credential = {
            (account.channel, key, value): account
            for account in accounts
            for key, value in account.credentials.items()
        }


class Accounts:
    """The accounts of the force, kept in the store; the first of each channel are always there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.create(SCHEMA)
        self._known = self._read()
        self.found()

    def found(self) -> None:
        """Make the accounts that every world begins with, when they are not there."""
        for number, (channel, identity, name, handle) in enumerate(_FIRST, start=1):
            if self.get(channel, identity) is None:
                self._keep(channel, number if channel == MAIL else 1, (identity, name, handle))

    def open(self, channel: str, name: str) -> Account:
        """A further account. ValueError: no such channel, no name, or the name is taken."""
        if channel not in CHANNELS:
            raise ValueError(f"There is no channel {channel!r}; there are {', '.join(CHANNELS)}.")
        if not name.strip():
            raise ValueError("An account needs a name.")
        number = self._next_number(channel)
        identity, handle = _identity(channel, number, name.strip())
        if self.by_handle(channel, handle) is not None:
            raise ValueError(f"The name {handle!r} is taken on {channel}.")
        return self._keep(channel, number, (identity, name.strip(), handle))

    def all(self, channel: str | None = None) -> list[Account]:
        """In the order they were opened, of one channel or of all."""
        found = self._known.by_id.values()
        return [account for account in found if channel in (None, account.channel)]

    def get(self, channel: str, identity: str) -> Account | None:
        return self._known.by_id.get((channel, identity))

    def by_handle(self, channel: str, handle: str) -> Account | None:
        return self._known.by_handle.get((channel, handle.lower()))

    def by_credential(self, channel: str, key: str, value: str) -> Account | None:
        """The account on `channel` whose credential `key` is `value`."""
        return self._known.by_credential.get((channel, key, value))

    def pick(self, channel: str, identity_or_handle: str | None) -> Account:
        """The account named, or the first of the channel when none is named. ValueError: no such account."""
        if not identity_or_handle:
            return self.all(channel)[0]
        found = self.get(channel, identity_or_handle) or self.by_handle(
            channel, identity_or_handle.lstrip("@")
        )
        if found is None:
            raise ValueError(f"There is no account {identity_or_handle!r} on {channel}.")
        return found

    def break_token(self, account: Account, how: str) -> None:
        """From now on the account's long-lived credentials are "revoked" or "expired", until mended."""
        self._store.remember(f"token:{account.channel}:{account.id}", how)

    def broken_token(self, account: Account) -> str | None:
        """ "revoked", "expired", or None when the credentials are in order."""
        return self._store.recall(f"token:{account.channel}:{account.id}")

    def mend_tokens(self) -> None:
        self._store.forget("token:")

    def empty(self) -> None:
        self.mend_tokens()
        self._store.execute("DELETE FROM accounts")
        self._known = self._read()
        self.found()

    def _read(self) -> "_Known":
        rows = self._store.execute("SELECT * FROM accounts ORDER BY channel, number")
        return _Known([_account(row) for row in rows])

    def _next_number(self, channel: str) -> int:
        row = self._store.one(
            "SELECT coalesce(max(number), 0) + 1 FROM accounts WHERE channel = ?", (channel,)
        )
        return 1 if row is None else int(row[0])

    def _keep(self, channel: str, number: int, who: tuple[str, str, str]) -> Account:
        identity, name, handle = who
        credentials = _credentials(channel, number)
        self._store.execute(
            "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?)",
            (channel, identity, number, name, handle, json.dumps(credentials)),
        )
        self._known = self._read()
        return self._known.by_id[channel, identity]


def _account(row: Any) -> Account:
    return Account(
        channel=row["channel"],
        id=row["id"],
        number=row["number"],
        name=row["name"],
        handle=row["handle"],
        credentials=json.loads(row["credentials"]),
    )


def _identity(channel: str, number: int, name: str) -> tuple[str, str]:
    """(id, handle) of a further account."""
    slug = "".join(c for c in name if c.isascii() and c.isalnum())
    if channel == X:
        return str(1500000000000000000 + number), (slug or f"force{number}")[:15]
    if channel == FACEBOOK:
        return str(104000000000000 + number), (slug or f"force{number}").lower()
    if channel in ISSUERS:
        return ISSUERS[channel].name_account(number, slug)
    address = name.lower() if "@" in name else f"{slug.lower() or f'desk{number}'}@northshire.example"
    return address, address


def _credentials(channel: str, number: int) -> dict[str, str]:
    if channel == X:
        return {
            "consumer_key": CONSUMER_KEY,
            "consumer_secret": CONSUMER_SECRET,
            "access_token": f"sandbox-access-{number}",
            "access_token_secret": f"sandbox-access-secret-{number}",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "bearer_token": f"sandbox-bearer-{number}",
            "refresh_token": f"sandbox-refresh-{number}",
        }
    if channel == FACEBOOK:
        return {"page_token": f"sandbox-page-token-{number}", "app_id": APP_ID, "app_secret": APP_SECRET}
    if channel in ISSUERS:
        return ISSUERS[channel].give_credentials(number)
    return {"password": MAIL_PASSWORD}
