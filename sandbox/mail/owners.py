"""Who has a mailbox, and by which password or token it opens."""

from dataclasses import dataclass

from sandbox.mail.boxes import SPECIAL_FOLDERS, create_folder, find_folder
from sandbox.mail.schema import prepare
from sandbox.store import Store

DESK = "desk@northshire.example"
PASSWORD = "sandbox-mail"  # noqa: S105  the sandbox's own, worth nothing anywhere else
TOKEN = "sandbox-mail-token"  # noqa: S105  the same, for XOAUTH2


@dataclass(frozen=True)
class Account:
    address: str
    name: str
    password: str
    token: str
    of_force: bool
    files_sent: bool


def create_account(
    store: Store, address: str, password: str = PASSWORD, *, name: str = "", of_force: bool = True
) -> Account:
    """Open a mailbox, or give the one that is there. ValueError: not an address.

    Mailboxes of the force have the usual folders; those of the public an INBOX, since load tests have many.
    """
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
        wanted = SPECIAL_FOLDERS if of_force else ("INBOX",)
        for folder in wanted:
            if find_folder(store, address, folder) is None:
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
