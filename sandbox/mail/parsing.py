"""Reading a mail far enough for the town: its parts, its text, its headers."""

import re
from contextlib import suppress
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32


def parse(raw: bytes) -> Message:
    """A mail as a tree of parts, or its headers alone when it is nested too deep to be read."""
    try:
        return message_from_bytes(raw, policy=compat32)
    except RecursionError:
        return message_from_bytes(raw.partition(b"\r\n\r\n")[0], policy=compat32)


def text_of(message: Message) -> str:
    """The first plain text of a mail, or the first HTML with its tags taken off, or nothing."""
    for kind in ("text/plain", "text/html"):
        for part in _parts(message):
            if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
                text = _text(part)
                return text if kind == "text/plain" else re.sub(r"<[^>]*>", " ", text)
    return ""


def _parts(message: Message) -> list[Message]:
    """All parts without recursion, so that a mail nested a thousand deep cannot exhaust the stack."""
    found, waiting = [], [message]
    while waiting:
        part = waiting.pop()
        found.append(part)
        if part.is_multipart():
            waiting.extend(reversed([child for child in part.get_payload() if isinstance(child, Message)]))
    return found


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    body = content if isinstance(content, bytes) else b""
    try:
        text = body.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        text = body.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\0", "�").rstrip("\n")


def decoded(message: Message, name: str) -> str:
    value = " ".join(str(message.get(name, "")).split())
    with suppress(LookupError, ValueError):
        value = str(make_header(decode_header(value)))
    return value.encode("utf-8", "replace").decode()
