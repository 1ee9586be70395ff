"""Write a reply as a mail (RFC 5322, contract section 6.6)."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from connectors.contract import Outgoing
from connectors.email.config import Mailbox
from connectors.email.threads import choose_message_id, sign_address, write_tag
from connectors.errors import InvalidContent

_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\]+@[^@\s<>\"(),:;\\]+")
_REFERENCES_BYTES = 900


@dataclass(frozen=True)
class Target:
    """Where an answer goes and what it answers, as `parse.describe_terms` wrote it."""

    to: tuple[str, ...]
    message_id: str = ""
    references: tuple[str, ...] = ()


def read_target(text: str) -> Target:
    """Read the target of a reply. Raises InvalidContent when it holds no address."""
    try:
        facts = json.loads(text)
    except ValueError:
        facts = {"to": text}
    given = facts.get("to", "") if isinstance(facts, dict) else ""
    to = tuple(str(one) for one in (given if isinstance(given, list) else [given]))
    if not to or not all(_ADDRESS.fullmatch(one) for one in to):
        raise InvalidContent("There is no address that this answer could go to.", code="address")
    references = tuple(str(one) for one in facts.get("references") or ())
    return Target(to, str(facts.get("message_id") or ""), references)


def name_reply(outgoing: Outgoing, mailbox: Mailbox) -> str:
    """Return the reply's Message-ID: the same before the first try, on every other, and when looked for."""
    seed = "\n".join(
        (mailbox.address, str(outgoing.reply_id), outgoing.thread_key, outgoing.target, outgoing.text)
    )
    return choose_message_id(outgoing.chosen_id, seed=seed, domain=mailbox.domain)


def compose_reply(outgoing: Outgoing, mailbox: Mailbox, *, number: int | None, at: datetime) -> EmailMessage:
    """Return the mail. `number` is the conversation's, for the subject. Raises InvalidContent."""
    target = read_target(outgoing.target)
    message_id = name_reply(outgoing, mailbox)
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = message_id
    message["Date"] = format_datetime(at)
    message["From"] = formataddr((_one_line(mailbox.from_name), mailbox.address))
    message["To"] = ", ".join(target.to)
    message["Subject"] = write_subject(outgoing.subject, number)
    if mailbox.plus_addresses:
        message["Reply-To"] = sign_address(mailbox.address, message_id)
    if target.message_id:
        message["In-Reply-To"] = target.message_id
        message["References"] = fold_references([*target.references, target.message_id])
    message.set_content(write_text(outgoing.text, mailbox.signature))
    for file in outgoing.files:
        kind, _, detail = file.media_type.partition("/")
        message.add_attachment(file.load(), maintype=kind, subtype=detail, filename=_one_line(file.name))
    return message


def write_subject(subject: str, number: int | None) -> str:
    """Return the subject of an answer, on one line."""
    plain = _one_line(subject) or "Your message"
    answered = plain if re.match(r"re\s*:", plain, re.I) else f"Re: {plain}"
    return answered[:400] if number is None else write_tag(answered[:400], number)


def write_text(text: str, signature: str) -> str:
    """Return the text with the account's lines beneath it."""
    clean = (
        text.replace("\r\n", "\n").replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8").rstrip()
    )
    lines = signature.replace("\r\n", "\n").strip()
    return f"{clean}\n\n-- \n{lines}\n" if lines else f"{clean}\n"


def fold_references(ids: Sequence[str]) -> str:
    """Return a References field: the first and as many of the last as fit."""
    kept = list(dict.fromkeys(one for one in ids if re.fullmatch(r"<[\x21-\x3b\x3d\x3f-\x7e]+>", one)))
    while len(kept) > 2 and sum(len(one) + 1 for one in kept) > _REFERENCES_BYTES:
        del kept[1]
    return " ".join(kept)


def _one_line(text: str) -> str:
    clean = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return " ".join(clean.split())
