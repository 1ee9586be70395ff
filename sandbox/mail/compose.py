"""A letter from the public and the MIME text it becomes."""

import re
import textwrap
import zlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

PUBLIC_DOMAIN = "town.example"


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """`type` is a media type such as "image/jpeg"; empty means application/octet-stream."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What somebody writes: `author` is a free name ("Jo M.") or an address, `to` one of our mailboxes.

    `in_reply_to` is the Message-ID of a mail that is answered: then the answer goes where that mail asks
    for it (whatever `to` says), and the subject and the quoted text below come from it. `created_at`
    stands in the Date header; arrival is always now.
    """

    author: str
    text: str
    subject: str | None = None
    in_reply_to: str | None = None
    to: str | None = None
    created_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    html: str | None = None


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """Everything the MIME text needs that the letter itself does not say."""

    message_id: str
    sender: str
    sender_name: str
    to: str
    subject: str
    date: datetime
    in_reply_to: str = ""
    references: str = ""


def address_for(author: str) -> tuple[str, str]:
    """A stable address and name: "Jo M." is always jo.m@town.example."""
    name = author.strip().lstrip("@")
    given = re.fullmatch(r"(?:(.*?)\s*<)?([^<>\s@]+@[^<>\s@]+)>?", name)
    if given:
        return given[2].lower(), given[1] or given[2].partition("@")[0]
    local = re.sub(r"[^a-z0-9]+", ".", name.lower()).strip(".")
    if not local.isascii() or not local:
        local = f"resident.{zlib.crc32(name.encode('utf-8', 'surrogatepass')):08x}"
    return f"{local}@{PUBLIC_DOMAIN}", name


def subject_for(text: str) -> str:
    """The first words of a text, for people who leave the subject to their mail program."""
    first = " ".join(text.split())
    return textwrap.shorten(first, 60, placeholder="…") if first else "(no subject)"


def quote(text: str, *, writer: str, at: datetime) -> str:
    """The answered mail as most mail programs put it under an answer."""
    lines = "\n".join(f"> {line}".rstrip() for line in text.rstrip().split("\n"))
    return f"On {at:%a}, {at.day} {at:%b %Y} at {at:%H:%M}, {writer} wrote:\n{lines}"


def compose(letter: Letter, envelope: Envelope, quoted: str = "") -> bytes:
    """The letter as it travels. NUL and lone surrogates become U+FFFD: no mail program sends them."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = envelope.message_id
    message["Date"] = format_datetime(envelope.date)
    message["From"] = formataddr((_one_line(envelope.sender_name), envelope.sender))
    message["To"] = envelope.to
    message["Subject"] = _one_line(envelope.subject)
    if envelope.in_reply_to:
        message["In-Reply-To"] = envelope.in_reply_to
        message["References"] = envelope.references
    message.set_content(_clean(f"{letter.text}\n\n{quoted}\n" if quoted else f"{letter.text}\n"))
    if letter.html is not None:
        message.add_alternative(_clean(letter.html), subtype="html")
    for attachment in letter.attachments:
        main, _, sub = (attachment.type or "application/octet-stream").partition("/")
        message.add_attachment(
            attachment.content,
            maintype=main,
            subtype=sub or "octet-stream",
            filename=_one_line(attachment.name),
        )
    return message.as_bytes()


def _clean(text: str) -> str:
    return text.replace("\0", "�").encode("utf-8", "replace").decode()


def _one_line(text: str) -> str:
    return " ".join(_clean(text).split())
