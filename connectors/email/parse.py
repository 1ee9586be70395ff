"""From a mail's bytes to what the inbox takes in."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.email.config import LARGEST_MAIL, Mailbox
from connectors.email.correspondents import find_answerable, find_filler, list_named, name_author
from connectors.email.letter import Bounce, Enclosure, Letter
from connectors.email.limited import CannotRead, read_limited
from connectors.email.threads import find_joins, name_thread
from inbox.enums import Visibility
from inbox.incoming import Incoming, IncomingFile, ReplyTerms, Unreadable

MEDIA_TYPE = "message/rfc822"
_ANSWER = re.compile(r"^\s*(?:re|aw|sv|antw|odp|vs|ynt|rif|res|rv)(?:\[\d+\])?\s*:", re.I)
_MAX_REFERENCES = 30


@dataclass(frozen=True)
class Fetched:
    """One mail as the server gave it. `size` is more than `raw` where only the head was fetched."""

    raw: bytes
    arrived_at: datetime
    size: int = 0


def parse_mail(fetched: Fetched, mailbox: Mailbox) -> Incoming | Unreadable:
    """Return the one item that a mail becomes; a mail that cannot be read becomes an Unreadable."""
    remote_id = name_mail(fetched)
    try:
        letter = read_limited(fetched.raw)
    except CannotRead as error:
        return Unreadable(remote_id, fetched.raw, str(error), MEDIA_TYPE, fetched.arrived_at)
    return make_incoming(letter, fetched, mailbox, remote_id)


def name_mail(fetched: Fetched) -> str:
    """Return a mail's identity: its bytes. Message-IDs repeat, and numbers end with the UIDVALIDITY."""
    digest = hashlib.sha256(fetched.raw).hexdigest()
    return f"sha256:{digest}" if fetched.size <= LARGEST_MAIL else f"sha256:{digest}:{fetched.size}"


def make_incoming(letter: Letter, fetched: Fetched, mailbox: Mailbox, remote_id: str) -> Incoming:
    """Return what a letter says in the inbox's own form."""
    joins = find_joins(letter, mailbox.address)
    # What a first mail quotes is news to us; only in an answer is it what we know already.
    answers = bool(joins or letter.in_reply_to or letter.references or _ANSWER.match(letter.subject))
    # What only may be carried along is shown and judged: no urgent word hides behind a telephone's line.
    folds = answers and letter.bounce is None and not letter.doubtful
    lost = letter.bounce.message_id if letter.bounce and letter.bounce.permanent else ""
    return Incoming(
        remote_id=remote_id,
        thread_key=name_thread(letter, remote_id),
        author=name_author(letter, mailbox, remote_id),
        text=letter.reply_text if folds else letter.text,
        quoted=letter.quoted if folds else "",
        written_at=read_time(letter, fetched),
        reached_at=fetched.arrived_at,
        raw=fetched.raw,
        media_type=MEDIA_TYPE,
        visibility=Visibility.PRIVATE,
        subject=letter.subject,
        html=letter.html,
        in_reply_to=joins[0] if joins else "",
        joins=joins,
        known_as=letter.message_id,
        named=list_named(letter, mailbox),
        automatic=bool(letter.automatic) and find_filler(letter, mailbox) is None,
        form=letter.form,
        closed=letter.closed,
        undelivered=lost,
        files=tuple(make_file(one) for one in letter.enclosures),
        terms=describe_terms(letter, mailbox),
        remarks=list_remarks(letter, fetched, mailbox),
    )


def make_file(enclosure: Enclosure) -> IncomingFile:
    """Return a file in the inbox's own form."""
    return IncomingFile(enclosure.name, enclosure.kind, enclosure.content, content_id=enclosure.content_id)


def read_time(letter: Letter, fetched: Fetched) -> datetime:
    """Return when the mail says it was written, or when it arrived."""
    if not letter.date:
        return fetched.arrived_at
    try:
        return datetime.fromisoformat(letter.date).astimezone(UTC)
    except (ValueError, OverflowError):
        return fetched.arrived_at


def describe_terms(letter: Letter, mailbox: Mailbox) -> ReplyTerms:
    """Return who an answer goes to, and what its headers need, as the connector's own text."""
    refusal = "E-mail has no public replies."
    to = find_answerable(letter, mailbox)
    if letter.bounce is not None:
        return ReplyTerms(
            public_refusal=refusal, private_refusal="A mail server wrote this; nobody would read it."
        )
    if not to:
        return ReplyTerms(
            public_refusal=refusal, private_refusal="The mail gives no address that can be answered."
        )
    target = {
        "to": to,
        "message_id": letter.message_id,
        "references": (letter.references or letter.in_reply_to)[-_MAX_REFERENCES:],
    }
    return ReplyTerms(public_refusal=refusal, private_target=json.dumps(target), recipients=to)


def list_remarks(letter: Letter, fetched: Fetched, mailbox: Mailbox) -> tuple[str, ...]:
    """Return what people should know of the mail, in sentences."""
    remarks = list(letter.problems)
    if fetched.size > LARGEST_MAIL:
        said = f"{fetched.size / 1_000_000:,.0f} MB"
        remarks.insert(
            0, f"This mail is {said} large. Only its beginning was collected; all of it is in the mailbox."
        )
    remarks.extend(letter.notes)
    filler = find_filler(letter, mailbox)
    if filler:
        remarks.append(
            f"A form from a web page. Answers go to {filler.address}, as filled in; nobody checked it."
        )
    elif letter.automatic:
        remarks.append(letter.automatic)
    if letter.bounce:
        remarks.extend(tell_bounce(letter.bounce))
    wanted = letter.reply_to[0].address if letter.reply_to else ""
    if wanted and wanted.lower() != letter.sender.address.lower() and letter.bounce is None:
        remarks.append(f"The sender asks for answers to go to {wanted}.")
    return tuple(remarks)


def tell_bounce(bounce: Bounce) -> list[str]:
    """Return a sentence for each address that was not reached."""
    return [
        f"Mail to {one.recipient or 'somebody'} "
        + ("is late and is still being tried" if one.action == "delayed" else "did not arrive")
        + (f" (code {one.status})." if one.status else ".")
        for one in bounce.recipients[:5]
    ]
