"""Folders and the messages in them, kept in the sandbox's store.

A folder numbers its messages as RFC 3501 section 2.3.1.1 asks: UIDs ascend and are never used again
while UIDVALIDITY stands. `removed` counts removals, so that an open session can tell cheaply whether
its own numbering has gone stale.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.store import Store

SPECIAL_FOLDERS = {
    "INBOX": "",
    "Sent": "\\Sent",
    "Drafts": "\\Drafts",
    "Junk": "\\Junk",
    "Trash": "\\Trash",
    "Archive": "\\Archive",
}


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
