"""Find the conversation that a mail belongs to (contract section 6.4).

First our own signed address, then the Message-IDs that it answers or names, of any mail of this mailbox, then
a number in the subject from a sender who is known in that conversation; else it begins a new one.
"""

import base64
import binascii
import hashlib
import re
import uuid

from django.utils.crypto import constant_time_compare, salted_hmac

from connectors.email.letter import Letter

MOST_JOINS = 40
_NAMESPACE = uuid.UUID("6f1d6a2e-5a5c-5c9b-9d3e-0d1a3c1f7b42")
_SALT = "connectors.email.threads"
_TOKEN = re.compile(r"\+([a-z2-7]{26})\.([a-z2-7]{16})@", re.I)
_TAG = re.compile(r"\[#(\d{1,15})\]")
_OURS = re.compile(r"<dd\.([0-9a-f]{32})@([^<>\s]+)>")


def choose_message_id(chosen: str, *, seed: str, domain: str) -> str:
    """Return the Message-ID of a reply: the same on every try, from what was chosen or else from `seed`."""
    found = re.search(r"[0-9a-f]{32}", chosen.replace("-", "").lower())
    name = found[0] if found else uuid.uuid5(_NAMESPACE, f"{chosen}\n{seed}").hex
    return f"<dd.{name}@{domain}>"


def sign_address(address: str, message_id: str) -> str:
    """Return our address with a token that names the reply, for its Reply-To."""
    found = _OURS.fullmatch(message_id)
    local, _, domain = address.rpartition("@")
    if not found or not local:
        return address
    name = base64.b32encode(bytes.fromhex(found[1])).decode("ascii").rstrip("=").lower()
    return f"{local}+{name}.{_seal(name, address)}@{domain}"


def read_token(recipient: str, address: str) -> str:
    """Return the Message-ID of the reply that a signed address names; nothing when the seal is not ours."""
    found = _TOKEN.search(recipient)
    if not found:
        return ""
    name = found[1].lower()
    if not constant_time_compare(found[2].lower(), _seal(name, address)):
        return ""
    try:
        number = base64.b32decode(name.upper() + "======").hex()
    except (binascii.Error, ValueError):
        return ""
    return f"<dd.{number}@{address.rpartition('@')[2].lower()}>"


def find_joins(letter: Letter, address: str) -> tuple[str, ...]:
    """Return the Message-IDs of mails that this one may belong to, best first: ours or the public's.

    Whether one of them is known in this mailbox is for the inbox to say.
    """
    recipients = [*letter.delivered_to, *(one.address for one in (*letter.to, *letter.cc))]
    signed = [read_token(recipient, address) for recipient in recipients]
    answered = [*letter.in_reply_to, *reversed(letter.references)]
    returned = [letter.bounce.message_id] if letter.bounce else []
    found = dict.fromkeys(one for one in (*signed, *answered, *returned) if one and one != letter.message_id)
    return tuple(found)[:MOST_JOINS]


def read_tag(subject: str) -> int | None:
    """Return the number of the conversation that a subject names."""
    found = _TAG.search(subject)
    return int(found[1]) if found else None


def write_tag(subject: str, number: int) -> str:
    """Return the subject with the conversation's number in it, once."""
    return subject if f"[#{number}]" in subject else f"{subject} [#{number}]"


def name_thread(letter: Letter, remote_id: str) -> str:
    """Return the key of the thread: the Message-ID it began with, else the mail's own, else its bytes'."""
    root = next(iter((*letter.references, *letter.in_reply_to)), "") or letter.message_id
    if letter.bounce and letter.bounce.message_id:
        root = letter.bounce.message_id
    if len(root) > 400:
        root = "sha256:" + hashlib.sha256(root.encode("utf-8", "replace")).hexdigest()
    return f"mail:{root or remote_id}"


def _seal(name: str, address: str) -> str:
    code = salted_hmac(_SALT, f"{name}:{address.lower()}", algorithm="sha256").digest()
    return base64.b32encode(code[:10]).decode("ascii").lower()
