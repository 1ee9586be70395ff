"""Users of X: the force's accounts and whoever the town lets speak."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from sandbox.accounts import Account, Accounts, X
from sandbox.ids import person_number
from sandbox.store import Store
from sandbox.x.schema import User

_FIRST_PERSON = 1_200_000_000_000_000_000
_PEOPLE = 200_000_000_000_000_000
_JOINED = datetime(2015, 3, 9, 8, 30, tzinfo=UTC)


class Users:
    """The rows of x_users. The same name is the same user, before and after a reset."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store, self._accounts = store, accounts

    def get(self, identity: int) -> User | None:
        return self._found("id = ?", identity)

    def by_username(self, username: str) -> User | None:
        return self._found("username = ?", username.lstrip("@"))

    def of(self, identity: int) -> User:
        """The user of an id that a row holds. LookupError: there is none."""
        found = self.find(identity)
        if found is None:
            raise LookupError(f"no user {identity}")
        return found

    def find(self, identity: int) -> User | None:
        """The user of an id, an account of the force among them."""
        account = self._accounts.get(X, str(identity))
        return self.get(identity) if account is None else self.of_account(account)

    def named(self, username: str) -> User | None:
        """The user of a name, an account of the force among them."""
        account = self._accounts.by_handle(X, username)
        return self.by_username(username) if account is None else self.of_account(account)

    def of_account(self, account: Account) -> User:
        """The user that an account of the force is."""
        return self.get(int(account.id)) or self._keep(
            int(account.id), f"account:{account.id}", account.handle, {"name": account.name, "force": True}
        )

    def of_author(self, author: str, protected: bool = False) -> User:
        """The user for a free name or "@handle". ValueError: no name at all."""
        key = _key(author)
        found = self._found("key = ?", key)
        if found is None and author.startswith("@"):
            found = self.by_username(author)
        if found is not None:
            return found
        name = author.strip().lstrip("@")
        identity = person_number(key, _FIRST_PERSON, _PEOPLE)
        doc = {"name": name, "protected": protected}
        return self._keep(identity, key, self._free_username(author, key), doc)

    def _free_username(self, author: str, key: str) -> str:
        wanted = _slug(author)
        if self.by_username(wanted) is None:
            return wanted
        return f"{wanted[:9]}_{person_number(key, 10_000, 90_000)}"

    def _keep(self, identity: int, key: str, username: str, doc: dict[str, Any]) -> User:
        self._store.execute(
            "INSERT INTO x_users VALUES (?, ?, ?, ?)", (identity, key, username, json.dumps(doc))
        )
        return _user({"id": identity, "username": username, "doc": json.dumps(doc)})

    def _found(self, where: str, value: Any) -> User | None:
        row = self._store.one(f"SELECT * FROM x_users WHERE {where}", (value,))  # noqa: S608 - `where` is ours
        return None if row is None else _user(row)


def _user(row: Any) -> User:
    doc = json.loads(row["doc"])
    return User(
        id=row["id"],
        username=row["username"],
        name=doc["name"],
        created_at=_JOINED,
        protected=doc.get("protected", False),
        force=doc.get("force", False),
    )


def _key(author: str) -> str:
    name = author.strip()
    if not name.strip("@ "):
        raise ValueError("Say who writes: the author is empty.")
    if name.startswith("@"):
        return f"handle:{name[1:].lower()}".encode("ascii", "backslashreplace").decode()
    return f"name:{name}".encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")


def _slug(author: str) -> str:
    slug = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9_]", "_", author.strip().lstrip("@"))).strip("_")
    if author.startswith("@"):
        slug = re.sub(r"[^A-Za-z0-9_]", "", author)
    return (slug if author.startswith("@") else slug.lower())[:15] or "someone"
