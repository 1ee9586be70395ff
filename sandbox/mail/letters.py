"""What the town remembers of every mail: who wrote what to whom, in which thread."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import parseaddr
from typing import Any

from sandbox.mail.parsing import decoded, text_of
from sandbox.store import Store

COLUMNS = (
    "message_id, by_desk, sender, sender_name, recipients, subject, text, at, in_reply_to, "
    "refs, reply_to, thread"
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One mail as a reader sees it. `at` is UTC; `thread` the Message-ID that the thread began with."""

    message_id: str
    by_desk: bool
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    at: datetime
    in_reply_to: str = ""
    references: str = ""
    reply_to: str = ""
    thread: str = ""


def keep(store: Store, kept: Kept) -> None:
    """Remember a mail; one that comes a second time with the same Message-ID is remembered once."""
    store.execute(
        f"INSERT OR IGNORE INTO mail_letters ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            kept.message_id,
            int(kept.by_desk),
            kept.sender,
            kept.sender_name,
            json.dumps(kept.recipients),
            kept.subject,
            kept.text,
            kept.at.isoformat(),
            kept.in_reply_to,
            kept.references,
            kept.reply_to or kept.sender,
            _thread_of(store, kept),
        ),
    )


def find(store: Store, message_id: str) -> Kept | None:
    rows = _select(store, "WHERE message_id = ?", (message_id.strip(),))
    return rows[0] if rows else None


def answers_to(store: Store, message_id: str) -> list[Kept]:
    """What the desk sent in answer to this mail, oldest first."""
    return _select(store, "WHERE by_desk = 1 AND in_reply_to = ? ORDER BY seq", (message_id.strip(),))


def later_answers(store: Store, message_id: str) -> list[Kept]:
    """What the desk sent into the thread of this mail after it, oldest first."""
    return _select(
        store,
        "WHERE by_desk = 1 AND thread = (SELECT thread FROM mail_letters WHERE message_id = :id)"
        " AND seq > (SELECT seq FROM mail_letters WHERE message_id = :id) ORDER BY seq",
        {"id": message_id},
    )


def in_thread(store: Store, thread: str) -> list[Kept]:
    return _select(store, "WHERE thread = ? ORDER BY seq", (thread,))


def recent_threads(store: Store, limit: int) -> list[list[Kept]]:
    """The threads that moved last, newest first; each from its first mail to its last."""
    rows = store.execute(
        "SELECT thread FROM mail_letters ORDER BY seq DESC LIMIT ?", (limit * 10,)
    ).fetchall()
    threads = list(dict.fromkeys(row[0] for row in rows))[:limit]
    return [in_thread(store, thread) for thread in threads]


def as_journal(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.message_id,
        "author": kept.sender,
        "name": kept.sender_name,
        "to": list(kept.recipients),
        "subject": kept.subject,
        "text": kept.text,
        "in_reply_to": kept.in_reply_to,
    }


def read(
    message: Message, *, message_id: str, sender: str, recipients: Sequence[str], at: datetime, by_desk: bool
) -> Kept:
    """A parsed mail as the town keeps it; headers that cannot be decoded stay as they were written."""
    name, address = parseaddr(decoded(message, "From"))
    parents = re.findall(r"<[^<>\s]+>", str(message.get("In-Reply-To", "")))
    references = " ".join(re.findall(r"<[^<>\s]+>", str(message.get("References", ""))))
    return Kept(
        message_id=message_id,
        by_desk=by_desk,
        sender=(address or sender).lower(),
        sender_name=name or address or sender,
        recipients=tuple(recipients),
        subject=decoded(message, "Subject"),
        text=text_of(message),
        at=at,
        in_reply_to=parents[0] if parents else "",
        references=references,
        reply_to=parseaddr(str(message.get("Reply-To", "")))[1] or address or sender,
    )


def _thread_of(store: Store, kept: Kept) -> str:
    parents = [kept.in_reply_to, *reversed(kept.references.split())]
    for parent in parents:
        row = store.execute("SELECT thread FROM mail_letters WHERE message_id = ?", (parent,)).fetchone()
        if row is not None:
            return str(row[0])
    return kept.message_id


def _select(store: Store, tail: str, params: Sequence[Any] | dict[str, Any]) -> list[Kept]:
    rows = store.execute(f"SELECT {COLUMNS} FROM mail_letters {tail}", params)  # noqa: S608  tails are ours
    return [_kept(row) for row in rows]


def _kept(row: Sequence[Any]) -> Kept:
    return Kept(
        message_id=row[0],
        by_desk=bool(row[1]),
        sender=row[2],
        sender_name=row[3],
        recipients=tuple(json.loads(row[4])),
        subject=row[5],
        text=row[6],
        at=datetime.fromisoformat(row[7]),
        in_reply_to=row[8],
        references=row[9],
        reply_to=row[10],
        thread=row[11],
    )
