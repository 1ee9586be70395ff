"""Tables of the post office."""

from sandbox.store import Store

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
    """CREATE TABLE IF NOT EXISTS mail_tokens (
        token TEXT PRIMARY KEY, kind TEXT NOT NULL, address TEXT NOT NULL, family TEXT NOT NULL,
        expires REAL NOT NULL, used INTEGER NOT NULL, dead INTEGER NOT NULL, client TEXT NOT NULL,
        return_to TEXT NOT NULL, challenge TEXT NOT NULL, nonce TEXT NOT NULL)""",
    "CREATE TABLE IF NOT EXISTS mail_numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
)


def prepare(store: Store) -> None:
    """Make the tables where they are missing."""
    for statement in TABLES:
        store.execute(statement)


def empty(store: Store) -> None:
    """Burn every mail and every mailbox; the numbers of UIDVALIDITY go on."""
    prepare(store)
    for table in ("mail_messages", "mail_letters", "mail_folders", "mail_accounts", "mail_tokens"):
        store.execute(f"DELETE FROM {table}")  # noqa: S608  names from the line above
