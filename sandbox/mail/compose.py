"""A letter from the public and the MIME text it becomes."""

import re
import textwrap
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

PUBLIC_DOMAIN = "town.example"
LINE = 900  # bytes; longer lines need a transfer encoding (RFC 5322 section 2.1.1 allows 998)
FOLD = 76


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


def cleaned(letter: Letter) -> Letter:
    """The letter as any mail program could send it: NUL and lone surrogates become U+FFFD."""
    return replace(
        letter,
        author=_one_line(letter.author),
        text=_clean(letter.text),
        subject=None if letter.subject is None else _one_line(letter.subject),
    )


def address_for(author: str) -> tuple[str, str]:
    """A stable address and name: "Jo M." is always jo.m@town.example. ValueError: an unusable address."""
    name = author.strip().lstrip("@")
    given = re.fullmatch(r"(?:(.*?)\s*<)?([^<>\s@]+@[^<>\s@]+)>?", name)
    if given and not given[2].isascii():
        raise ValueError(f"“{given[2]}” is not a mail address this sandbox can use.")
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
    """The letter, already cleaned, as it travels."""
    headers = _headers(envelope)
    text = _clean(f"{letter.text}\n\n{quoted}\n" if quoted else f"{letter.text}\n")
    lines = text.encode().splitlines()
    if letter.html is None and not letter.attachments and all(len(line) < LINE for line in lines):
        return _plain(headers, lines)
    message = EmailMessage(policy=SMTP)
    for name, value in headers:
        message[name] = value if name != "From" else _address(envelope)
    message.set_content(text)
    if letter.html is not None:
        message.add_alternative(_clean(letter.html), subtype="html")
    for attachment in letter.attachments:
        _attach(message, attachment)
    return message.as_bytes()


def _headers(envelope: Envelope) -> list[tuple[str, str]]:
    headers = [
        ("Message-ID", envelope.message_id),
        ("Date", format_datetime(envelope.date)),
        ("From", formataddr((_one_line(envelope.sender_name), envelope.sender))),
        ("To", envelope.to),
        ("Subject", _one_line(envelope.subject)),
    ]
    if envelope.in_reply_to:
        headers += [("In-Reply-To", envelope.in_reply_to), ("References", envelope.references)]
    return headers


def _address(envelope: Envelope) -> Address:
    """The writer for the library's own headers, which lose a coded name that holds a comma."""
    local, _, domain = envelope.sender.rpartition("@")
    return Address(envelope.sender_name, local, domain)


def _plain(headers: list[tuple[str, str]], lines: list[bytes]) -> bytes:
    """A plain letter by hand: a load test sends hundreds a second, and the library needs 1.5 ms for each."""
    head = [f"{name}: {_coded(name, value)}" for name, value in headers]
    head += [
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: 8bit",
        "MIME-Version: 1.0",
    ]
    return b"\r\n".join(["\r\n".join(head).encode(), b"", *lines, b""])


def _coded(name: str, value: str) -> str:
    if value.isascii() and len(name) + len(value) < FOLD:
        return value
    charset = "us-ascii" if value.isascii() else "utf-8"
    return Header(value, charset, header_name=name).encode(linesep="\r\n")


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    main, _, sub = (attachment.type or "application/octet-stream").partition("/")
    message.add_attachment(
        attachment.content,
        maintype=main,
        subtype=sub or "octet-stream",
        filename=_one_line(attachment.name),
    )


def _clean(text: str) -> str:
    return re.sub("[\0\ud800-\udfff]", "\ufffd", text)


def _one_line(text: str) -> str:
    return " ".join(_clean(text).split())
