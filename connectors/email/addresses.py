"""Read the addresses of a From, To or Cc field as people really write them (RFC 5322 section 3.4)."""

import re
from dataclasses import dataclass

from connectors.email.decoding import decode_text, decode_words

MOST = 500
_PIECE = re.compile(
    r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)|<[^<>]*>?|=\?[^?\s]+\?[bBqQ]\?[^?]*\?=|[,;:]|[^",;:<(=]+|.', re.S
)
_ADDRESS = re.compile(r"[^\s<>\"(),:;@\[\]]{1,128}@[^\s<>\"(),:;@]{1,255}")


@dataclass(frozen=True)
class Mailbox:
    """A name and an address; either may be missing in what strangers send."""

    name: str
    address: str


def read_mailboxes(values: list[bytes]) -> list[Mailbox]:
    """Return the mailboxes of one field's values, at most MOST; groups are opened, empty ones pass."""
    found: list[Mailbox] = []
    for value in values:
        words: list[str] = []
        address = ""
        for match in _PIECE.finditer(decode_text(value)):
            piece = match[0]
            if piece in ",;":
                _close(words, address, found)
                words, address = [], ""
            elif piece == ":" and not address and "@" not in "".join(words):
                words = []  # the name of a group
            elif piece.startswith("<"):
                address = address or _clean_address(piece)
            else:
                words.append(piece)
            if len(found) >= MOST:
                return found
        _close(words, address, found)
    return found


def _close(words: list[str], address: str, found: list[Mailbox]) -> None:
    comments = [word[1:-1] for word in words if word.startswith("(") and word.endswith(")")]
    plain = "".join(word for word in words if not word.startswith("("))[:2000]
    if not address:
        bare = _ADDRESS.search(plain)
        address = bare[0] if bare else ""
        plain = plain.replace(address, " ") if address else plain
    name = _clean_name(plain) or _clean_name(" ".join(comments))
    if name or address:
        found.append(Mailbox(name, address))


def _clean_address(piece: str) -> str:
    text = "".join(piece.strip("<>").split())
    if text.startswith("@") and ":" in text:
        text = text.partition(":")[2]  # a source route (RFC 5322 section 4.4)
    if text.lower().startswith("mailto:"):
        text = text[7:]
    text = decode_words(text) if "=?" in text else text
    return "" if any(sign in text for sign in "()<>") else text


def _clean_name(text: str) -> str:
    text = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda match: re.sub(r"\\(.)", r"\1", match[1]), text)
    if "=?" in text:
        text = decode_words(text)
    return " ".join(text.split()).strip("'\" ").strip()
