"""From a mail's bytes to what the inbox takes in."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.email.config import LARGEST_MAIL, Mailbox
from connectors.email.letter import Bounce, Letter
from connectors.email.limited import CannotRead, read_limited
from connectors.email.threads import find_joins, name_thread
from inbox.enums import Visibility
from inbox.incoming import Author, Incoming, IncomingFile, ReplyTerms, Unreadable

MEDIA_TYPE = "message/rfc822"
_ANSWER = re.compile(r"^\s*(?:re|aw|sv|antw|odp|vs|ynt|rif|res|rv)(?:\[\d+\])?\s*:", re.I)
_MAX_REFERENCES = 30
_MAX_NAMED = 50
_MAX_RECIPIENTS = 5


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
        author=name_author(letter, remote_id),
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
        automatic=bool(letter.automatic),
        undelivered=lost,
        files=tuple(IncomingFile(one.name, one.kind, one.content) for one in letter.enclosures),
        terms=describe_terms(letter, mailbox),
        remarks=list_remarks(letter, fetched),
    )


def name_author(letter: Letter, remote_id: str) -> Author:
    """Return who says that they wrote it. A From field proves nothing (quality rule 9)."""
    address = letter.sender.address
    return Author(
        key=address.lower() or f"no-address:{remote_id}",
        name=letter.sender.name,
        address=address,
    )


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


def list_named(letter: Letter, mailbox: Mailbox) -> tuple[str, ...] | None:
    """Return whom else the mail was sent to; None for a report, which no correspondent writes."""
    if letter.bounce is not None:
        return None
    everyone = (one.address.lower() for one in (*letter.to, *letter.cc, *letter.reply_to))
    others = dict.fromkeys(one for one in everyone if not is_own(one, mailbox))
    return tuple(others)[:_MAX_NAMED]


def is_own(address: str, mailbox: Mailbox) -> bool:
    """Say whether an address is ours, with or without what stands behind a plus sign."""
    own, given = mailbox.address.lower(), address.lower()
    return own in {given, re.sub(r"\+[^@]*@", "@", given)}


def find_answerable(letter: Letter, mailbox: Mailbox) -> tuple[str, ...]:
    """Return the addresses to answer: where the sender wants it, never one of our own."""
    for people in (letter.reply_to, (letter.sender,)):
        found = [
            one.address
            for one in people
            if re.fullmatch(r"[^@\s]+@[^@\s]+", one.address) and not is_own(one.address, mailbox)
        ]
        if found:
            return tuple(dict.fromkeys(found))[:_MAX_RECIPIENTS]
    return ()


def list_remarks(letter: Letter, fetched: Fetched) -> tuple[str, ...]:
    """Return what people should know of the mail, in sentences."""
    remarks = list(letter.problems)
    if fetched.size > LARGEST_MAIL:
        said = f"{fetched.size / 1_000_000:,.0f} MB"
        remarks.insert(
            0, f"This mail is {said} large. Only its beginning was collected; all of it is in the mailbox."
        )
    if letter.automatic:
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
