"""Who wrote a mail, who else is in it, and who an answer goes to."""

import re

from connectors.email.addresses import Mailbox as Person
from connectors.email.automatic import NO_ANSWERS, SAYS_SO
from connectors.email.config import Mailbox
from connectors.email.forms import find_contact
from connectors.email.letter import Letter
from inbox.incoming import Author

_MAX_NAMED = 50
_MAX_RECIPIENTS = 5


def name_author(letter: Letter, mailbox: Mailbox, remote_id: str) -> Author:
    """Return who says that they wrote it. A From field proves nothing (quality rule 9), nor does a form."""
    writer = find_filler(letter, mailbox) or letter.sender
    return Author(
        key=writer.address.lower() or f"no-address:{remote_id}",
        name=writer.name,
        address=writer.address,
    )


def find_filler(letter: Letter, mailbox: Mailbox) -> Person | None:
    """Return who filled in a form that a web page mailed, where the page itself takes no answers.

    A page that writes in the person's name, or says where answers go, is taken at its word.
    """
    if not letter.form or letter.bounce is not None or letter.reply_to:
        return None
    if letter.automatic not in {SAYS_SO, NO_ANSWERS} and not is_own(letter.sender.address, mailbox):
        return None
    found = find_contact(letter.form)
    return found if found and not is_own(found.address, mailbox) else None


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
    filler = find_filler(letter, mailbox)
    if filler:
        return (filler.address,)
    for people in (letter.reply_to, (letter.sender,)):
        found = [
            one.address
            for one in people
            if re.fullmatch(r"[^@\s]+@[^@\s]+", one.address) and not is_own(one.address, mailbox)
        ]
        if found:
            return tuple(dict.fromkeys(found))[:_MAX_RECIPIENTS]
    return ()
