"""How a mail gets from a writer into mailboxes, and what the town remembers of it."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from email.message import Message
from email.utils import parseaddr

from sandbox.clock import Clock
from sandbox.mail import boxes, letters, owners, parsing
from sandbox.mail.compose import Envelope, Letter, address_for, cleaned, compose, quote, subject_for
from sandbox.mail.letters import Kept
from sandbox.mail.owners import DESK
from sandbox.store import Store


def deliver(store: Store, clock: Clock, letter: Letter) -> str:
    """Put a letter of the public into the force's mailbox and journal it as written; gives its Message-ID.

    ValueError: no author, an answer to a mail that nobody sent, or a mailbox the force does not have.
    """
    letter = cleaned(letter)
    if not letter.author:
        raise ValueError("Say who writes: the author is empty.")
    answered = _answered(store, letter)
    sender, name = address_for(letter.author)
    to = _addressee(letter, answered)
    mailbox = owners.address_of_mailbox(store, to)
    account = owners.find_account(store, mailbox)
    if account is None:
        raise ValueError(f"There is no mailbox {mailbox}. Create it first, or leave “to” out.")
    now = clock.now()
    envelope = Envelope(
        message_id=f"<{secrets.token_hex(12)}@{sender.partition('@')[2]}>",
        sender=sender,
        sender_name=name,
        to=to,
        subject=_subject(letter, answered),
        date=letter.created_at or now,
        in_reply_to=answered.message_id if answered else "",
        references=f"{answered.references} {answered.message_id}".strip() if answered else "",
    )
    quoted = (
        quote(answered.text, writer=answered.sender_name, at=answered.at)
        if answered and answered.by_desk
        else ""
    )
    raw = compose(letter, envelope, quoted)
    kept = _as_kept(envelope, letter.text, now)
    with store.transaction():
        open_mailbox(store, sender, name)
        file_into(store, [mailbox], raw, envelope.message_id, now)
        letters.keep(store, kept)
        store.journal.add("written", "mail", letters.as_journal(kept))
    return envelope.message_id


def receive(store: Store, clock: Clock, *, raw: bytes, sender: str, recipients: Sequence[str]) -> str:
    """A mail that came over SMTP goes into every recipient's mailbox.

    The journal calls it "accepted" when the force sent it, else "written". What a mailbox sends to itself
    alone is nothing that people in the town would see: it is "served". Gives its Message-ID.
    """
    now = clock.now()
    message = parsing.parse(raw)
    account = owners.find_account(store, owners.address_of_mailbox(store, sender))
    by_desk = account is not None and account.of_force
    message_id = _header(message, "Message-ID") or f"<{secrets.token_hex(12)}@sandbox.invalid>"
    mailboxes = [owners.address_of_mailbox(store, recipient) for recipient in recipients]
    kept = letters.read(
        message, message_id=message_id, sender=sender, recipients=recipients, at=now, by_desk=by_desk
    )
    with store.transaction():
        for address in mailboxes:
            open_mailbox(store, address, address.partition("@")[0])
        file_into(store, mailboxes, raw, message_id, now)
        if account is not None and account.files_sent:
            file_into(store, [account.address], raw, message_id, now, folder="Sent")
        to_itself = account is not None and set(mailboxes) == {account.address}
        if not to_itself:
            letters.keep(store, kept)
        kind = "served" if to_itself else "accepted" if by_desk else "written"
        store.journal.add(kind, "mail", {**letters.as_journal(kept), "account": sender, "size": len(raw)})
    return message_id


def open_mailbox(store: Store, address: str, name: str) -> None:
    """Give a member of the public a mailbox the first time one is needed."""
    if owners.find_account(store, address) is None:
        owners.create_account(store, address, name=name, of_force=False)


def file_into(
    store: Store, mailboxes: Sequence[str], raw: bytes, message_id: str, at: datetime, folder: str = "INBOX"
) -> None:
    for address in dict.fromkeys(mailboxes):
        found = boxes.find_folder(store, address, folder)
        if found is not None:
            boxes.put(store, found, raw=raw, message_id=message_id, at=at)


def is_of_force(store: Store, address: str) -> bool:
    account = owners.find_account(store, owners.address_of_mailbox(store, address))
    return account is not None and account.of_force


def _answered(store: Store, letter: Letter) -> Kept | None:
    if not letter.in_reply_to:
        return None
    answered = letters.find(store, letter.in_reply_to)
    if answered is None:
        raise ValueError(f"There is no mail {letter.in_reply_to} to answer.")
    return answered


def _addressee(letter: Letter, answered: Kept | None) -> str:
    """An answer goes where the desk's mail asks for it; a second mail where the first one went."""
    if answered is None:
        return letter.to or DESK
    return answered.reply_to if answered.by_desk else answered.recipients[0]


def _subject(letter: Letter, answered: Kept | None) -> str:
    if letter.subject is not None:
        return letter.subject
    if answered is None:
        return subject_for(letter.text)
    return answered.subject if answered.subject.lower().startswith("re:") else f"Re: {answered.subject}"


def _as_kept(envelope: Envelope, text: str, at: datetime) -> Kept:
    return Kept(
        message_id=envelope.message_id,
        by_desk=False,
        sender=envelope.sender,
        sender_name=envelope.sender_name,
        recipients=(parseaddr(envelope.to)[1],),
        subject=envelope.subject,
        text=text,
        at=at,
        in_reply_to=envelope.in_reply_to,
        references=envelope.references,
        reply_to=envelope.sender,
    )


def _header(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())
