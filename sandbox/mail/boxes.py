"""Mail accounts, their folders and the messages in them, kept in the sandbox's store.

A folder numbers its messages as RFC 3501 section 2.3.1.1 asks: UIDs ascend and are never used again
while UIDVALIDITY stands. `removed` counts removals, so that an open session can tell cheaply whether
its own numbering has gone stale.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.store import Store

DESK = "desk@northshire.example"
PASSWORD = "sandbox-mail"  # noqa: S105  the sandbox's own, worth nothing anywhere else
TOKEN = "sandbox-mail-token"  # noqa: S105  the same, for XOAUTH2

SPECIAL_FOLDERS = {
    "INBOX": "",
    "Sent": "\\Sent",
    "Drafts": "\\Drafts",
    "Junk": "\\Junk",
    "Trash": "\\Trash",
    "Archive": "\\Archive",
}

TABLES = (
    """CREATE TABLE IF NOT EXISTS mail_accounts (
        address TEXT PRIMARY KEY, name TEXT NOT NULL, password TEXT NOT NULL, token TEXT NOT NULL,
        of_force INTEGER NOT NULL, files_sent INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS mail_folders (
        id INTEGER PRIMARY KEY, address TEXT NOT NULL, name TEXT NOT NULL, special TEXT NOT NULL,
        uidvalidity INTEGER NOT NULL, uidnext INTEGER NOT NULL, removed INTEGER NOT NULL,
        UNIQUE (address, name))""",
    """CREATE TABLE IF NOT EXISTS mail_messages (
        folder INTEGER NOT NULL, uid INTEGER NOT NULL, message_id TEXT NOT NULL, flags TEXT NOT NULL,
        at TEXT NOT NULL, size INTEGER NOT NULL, raw BLOB NOT NULL, PRIMARY KEY (folder, uid))""",
    "CREATE INDEX IF NOT EXISTS mail_messages_by_id ON mail_messages (folder, message_id)",
    """CREATE TABLE IF NOT EXISTS mail_letters (
        seq INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, thread TEXT NOT NULL,
        by_desk INTEGER NOT NULL, sender TEXT NOT NULL, sender_name TEXT NOT NULL,
        recipients TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL,
        in_reply_to TEXT NOT NULL, refs TEXT NOT NULL, reply_to TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS mail_letters_by_thread ON mail_letters (thread, seq)",
    "CREATE TABLE IF NOT EXISTS mail_numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
)


@dataclass(frozen=True)
class Account:
    address: str
    name: str
    password: str
    token: str
    of_force: bool
    files_sent: bool


@dataclass(frozen=True)
class Folder:
    id: int
    address: str
    name: str
    special: str
    uidvalidity: int
    uidnext: int
    removed: int


@dataclass(frozen=True)
class Mail:
    """One message in a folder without its bytes; `at` is the INTERNALDATE, UTC."""

    uid: int
    message_id: str
    flags: frozenset[str]
    at: datetime
    size: int


def prepare(store: Store) -> None:
    """Make the tables where they are missing."""
    for statement in TABLES:
        store.execute(statement)


def empty(store: Store) -> None:
    """Burn every mail and every mailbox; the numbers of UIDVALIDITY go on."""
    prepare(store)
    for table in ("mail_messages", "mail_letters", "mail_folders", "mail_accounts"):
        store.execute(f"DELETE FROM {table}")  # noqa: S608  names from the line above


def create_account(
    store: Store, address: str, password: str = PASSWORD, *, name: str = "", of_force: bool = True
) -> Account:
    """Open a mailbox with the usual folders, or give the one that is there. ValueError: not an address."""
    address = address.strip().lower()
    local, _, domain = address.partition("@")
    if not local or not domain or any(character.isspace() for character in address):
        raise ValueError(f"“{address}” is not a mail address.")
    prepare(store)
    account = Account(address, name or local, password, TOKEN, of_force, False)
    found = find_account(store, address)
    if found is not None and (found.of_force or not of_force):
        return found
    with store.transaction():
        store.execute(
            "INSERT OR REPLACE INTO mail_accounts VALUES (?, ?, ?, ?, ?, 0)",
            (address, account.name, password, TOKEN, int(of_force)),
        )
        for folder in SPECIAL_FOLDERS if found is None else ():
            create_folder(store, address, folder)
    return account


def find_account(store: Store, address: str) -> Account | None:
    row = store.execute(
        "SELECT address, name, password, token, of_force, files_sent FROM mail_accounts WHERE address = ?",
        (address.lower(),),
    ).fetchone()
    return None if row is None else Account(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]))


def file_sent_mail(store: Store, address: str, *, on: bool) -> None:
    """Whether this provider files submitted mail in Sent by itself, as some do (contract section 6.6)."""
    store.execute("UPDATE mail_accounts SET files_sent = ? WHERE address = ?", (int(on), address.lower()))


def address_of_mailbox(store: Store, address: str) -> str:
    """The mailbox behind an address: desk+anything@ belongs to desk@ where the plain mailbox exists."""
    address = address.strip().lower()
    local, _, domain = address.rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    return plain if plain != address and find_account(store, plain) is not None else address


def create_folder(store: Store, address: str, name: str) -> None:
    store.execute(
        "INSERT INTO mail_folders (address, name, special, uidvalidity, uidnext, removed)"
        " VALUES (?, ?, ?, ?, 1, 0)",
        (address, name, SPECIAL_FOLDERS.get(name, ""), next_uidvalidity(store)),
    )


def delete_folder(store: Store, folder: Folder) -> None:
    store.execute("DELETE FROM mail_messages WHERE folder = ?", (folder.id,))
    store.execute("DELETE FROM mail_folders WHERE id = ?", (folder.id,))


def next_uidvalidity(store: Store) -> int:
    """Larger than any given before, and than the seconds since 1970."""
    row = store.execute("SELECT value FROM mail_numbers WHERE name = 'uidvalidity'").fetchone()
    value = max(int(row[0]) + 1 if row else 1, int(datetime.now(UTC).timestamp()))
    store.execute("INSERT OR REPLACE INTO mail_numbers VALUES ('uidvalidity', ?)", (value,))
    return value


def folders(store: Store, address: str) -> list[Folder]:
    rows = store.execute(
        "SELECT id, address, name, special, uidvalidity, uidnext, removed FROM mail_folders "
        "WHERE address = ? ORDER BY id",
        (address,),
    )
    return [Folder(*row) for row in rows]


def find_folder(store: Store, address: str, name: str) -> Folder | None:
    wanted = "INBOX" if name.upper() == "INBOX" else name
    row = store.execute(
        "SELECT id, address, name, special, uidvalidity, uidnext, removed FROM mail_folders "
        "WHERE address = ? AND name = ?",
        (address, wanted),
    ).fetchone()
    return None if row is None else Folder(*row)


def renumber(store: Store, folder: Folder) -> None:
    """Give the folder a new UIDVALIDITY and its messages new UIDs, as a restored or rebuilt mailbox has."""
    rows = store.execute(
        "SELECT uid FROM mail_messages WHERE folder = ? ORDER BY uid", (folder.id,)
    ).fetchall()
    with store.transaction():
        for number, (uid,) in enumerate(rows, start=1):  # downwards only, so no number is taken twice
            store.execute(
                "UPDATE mail_messages SET uid = ? WHERE folder = ? AND uid = ?", (number, folder.id, uid)
            )
        store.execute(
            "UPDATE mail_folders SET uidvalidity = ?, uidnext = ?, removed = removed + 1 WHERE id = ?",
            (next_uidvalidity(store), len(rows) + 1, folder.id),
        )


def put(
    store: Store, folder: Folder, *, raw: bytes, message_id: str, at: datetime, flags: Iterable[str] = ()
) -> int:
    """File a message; gives its UID."""
    row = store.execute("SELECT uidnext FROM mail_folders WHERE id = ?", (folder.id,)).fetchone()
    uid = int(row[0])
    store.execute("UPDATE mail_folders SET uidnext = ? WHERE id = ?", (uid + 1, folder.id))
    store.execute(
        "INSERT INTO mail_messages VALUES (?, ?, ?, ?, ?, ?, ?)",
        (folder.id, uid, message_id, json.dumps(sorted(flags)), at.isoformat(), len(raw), raw),
    )
    return uid


def uids(store: Store, folder: int) -> list[int]:
    return [
        row[0]
        for row in store.execute("SELECT uid FROM mail_messages WHERE folder = ? ORDER BY uid", (folder,))
    ]


def mails(store: Store, folder: int, *, low: int = 0, high: int = 2**32, message_id: str = "") -> list[Mail]:
    """Messages with low ≤ UID ≤ high, optionally only those with this Message-ID."""
    sql = (
        "SELECT uid, message_id, flags, at, size FROM mail_messages WHERE folder = ? AND uid BETWEEN ? AND ?"
    )
    params: list[int | str] = [folder, low, high]
    if message_id:
        sql, params = f"{sql} AND message_id = ?", [*params, message_id]
    rows = store.execute(f"{sql} ORDER BY uid", params)
    return [_mail(row) for row in rows]


def find_mail(store: Store, folder: int, uid: int) -> Mail | None:
    found = mails(store, folder, low=uid, high=uid)
    return found[0] if found else None


def raw_of(store: Store, folder: int, uid: int) -> bytes:
    row = store.execute(
        "SELECT raw FROM mail_messages WHERE folder = ? AND uid = ?", (folder, uid)
    ).fetchone()
    return b"" if row is None else bytes(row[0])


def set_flags(store: Store, folder: int, uid: int, flags: Iterable[str]) -> None:
    store.execute(
        "UPDATE mail_messages SET flags = ? WHERE folder = ? AND uid = ?",
        (json.dumps(sorted(flags)), folder, uid),
    )


def remove(store: Store, folder: int, gone: Iterable[int]) -> None:
    for uid in gone:
        store.execute("DELETE FROM mail_messages WHERE folder = ? AND uid = ?", (folder, uid))
    store.execute("UPDATE mail_folders SET removed = removed + 1 WHERE id = ?", (folder,))


def _mail(row: tuple[int, str, str, str, int]) -> Mail:
    return Mail(row[0], row[1], frozenset(json.loads(row[2])), datetime.fromisoformat(row[3]), row[4])
