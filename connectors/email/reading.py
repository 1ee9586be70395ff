"""Read one mail: bytes in, a Letter out. Runs in the limited child process (quality rule 11)."""

import contextlib
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from connectors.email.addresses import Mailbox, read_mailboxes
from connectors.email.automatic import why_automatic
from connectors.email.body import read_body
from connectors.email.bounces import read_bounce
from connectors.email.decoding import decode_header
from connectors.email.form_tables import read_table
from connectors.email.forms import Field, read_form
from connectors.email.letter import Letter
from connectors.email.mime import Headers, read_mime
from connectors.email.particulars import UNREAD, list_particulars
from connectors.email.quotes import is_passed_on, split_reply
from connectors.email.signatures import MARK
from inbox.html import sanitise

MOST_REFERENCES = 100
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,400}>")


def read_letter(raw: bytes) -> Letter:
    """Return what the mail says; whatever is odd about it is named in `problems`, never raised."""
    root, problems = read_mime(raw)
    headers = root.headers
    body = read_body(root)
    text = _tidy(body.text())
    subject = decode_header(headers.first("subject"))[:2000]
    split = split_reply(text, passed_on=is_passed_on(subject))
    bounce = read_bounce(root, text)
    notes, hindrances = list_particulars(root, text)
    html = "\n".join(body.html)
    sender = _read_sender(headers, problems)
    date = read_date(headers.first("date"))
    if not date:
        problems.append("The mail gives no date that can be read.")
    return Letter(
        sender=sender,
        reply_to=_people(headers, "reply-to"),
        to=_people(headers, "to"),
        cc=_people(headers, "cc"),
        delivered_to=_delivered_to(headers),
        subject=subject,
        date=date,
        message_id=_first_id(headers),
        in_reply_to=_ids(headers, "in-reply-to"),
        references=_ids(headers, "references"),
        text=text,
        reply_text=split.reply,
        quoted=split.quoted,
        doubtful=split.doubtful,
        html=sanitise(html) if html else "",
        form=_find_form(html, split.reply) if bounce is None else (),
        enclosures=tuple(body.enclosures),
        automatic=why_automatic(headers, root, sender.address, bounced=bounce is not None),
        bounce=bounce,
        problems=tuple(dict.fromkeys([*problems, *body.problems, *hindrances])),
        notes=tuple(notes),
        closed=any(UNREAD in problem for problem in hindrances),
    )


def _find_form(html: str, said: str) -> tuple[Field, ...]:
    """Return the fields of a form, from the table if there is one and it is not part of what is quoted."""
    tabled = read_table(html) if html else ()
    if tabled and all(" ".join(label.split()) in " ".join(said.split()) for label, _ in tabled):
        return tabled
    return read_form(said)


def read_date(value: bytes) -> str:
    """Return a Date field as ISO 8601 with its offset (UTC where none is given), or nothing."""
    try:
        parsed = parsedate_tz(decode_header(value)[:200])
    except (ValueError, IndexError, TypeError, OverflowError):
        parsed = None
    if parsed is None:
        return ""
    with contextlib.suppress(ValueError, OverflowError):
        offset = parsed[9]
        zone = timezone(timedelta(seconds=offset)) if offset is not None else UTC
        return datetime(*parsed[:6], tzinfo=zone).isoformat()
    return ""


def _read_sender(headers: Headers, problems: list[str]) -> Mailbox:
    for name in ("from", "sender", "return-path"):
        for mailbox in read_mailboxes(headers.all(name)):
            if mailbox.address:
                if name != "from":
                    problems.append(
                        "The mail does not say who it is from; its sender or return address is shown."
                    )
                return _short(mailbox)
    named = read_mailboxes(headers.all("from"))
    problems.append("The mail gives no address of its sender.")
    return _short(named[0]) if named else Mailbox("", "")


def _people(headers: Headers, name: str) -> tuple[Mailbox, ...]:
    return tuple(_short(mailbox) for mailbox in read_mailboxes(headers.all(name)) if mailbox.address)


def _short(mailbox: Mailbox) -> Mailbox:
    return Mailbox(mailbox.name[:200], mailbox.address[:320])


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    """Every address that the mail was really sent to, as the servers on its way wrote it."""
    names = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
    found = [mailbox.address for name in names for mailbox in read_mailboxes(headers.all(name))]
    return tuple(address for address in found if address)


def _first_id(headers: Headers) -> str:
    found = _ids(headers, "message-id")
    if found:
        return found[0]
    plain = decode_header(headers.first("message-id")).strip("<> ")
    return f"<{plain[:400]}>" if plain and " " not in plain else ""


def _ids(headers: Headers, name: str) -> tuple[str, ...]:
    text = " ".join(decode_header(value) for value in headers.all(name))
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[-MOST_REFERENCES:]


def _tidy(text: str) -> str:
    return "\n".join(line if line == MARK else line.rstrip() for line in text.split("\n")).strip("\n")
