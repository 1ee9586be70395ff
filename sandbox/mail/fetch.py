"""FETCH: what a client asks for, and the answer for one message (RFC 3501 sections 6.4.5, 7.4.2)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.mail import structure
from sandbox.mail.boxes import Mail
from sandbox.mail.parsing import parse
from sandbox.mail.wire import BadCommand, Word

MACROS = {
    "ALL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"),
    "FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE"),
    "FULL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"),
}
OLD_NAMES = {"RFC822": "", "RFC822.HEADER": "HEADER", "RFC822.TEXT": "TEXT"}
PLAIN = ("UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY", "BODYSTRUCTURE")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SECTION = re.compile(r"^BODY(\.PEEK)?\[(.*?)\](?:<(\d+)(?:\.(\d+))?>)?$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Item:
    """`name` is what the answer calls it; a `section` of None means an item without bytes of the mail."""

    name: str
    section: str | None = None
    start: int | None = None
    count: int | None = None
    marks_seen: bool = False

    @property
    def needs_raw(self) -> bool:
        return self.section is not None or self.name in ("ENVELOPE", "BODY", "BODYSTRUCTURE")


def items(word: Word, *, by_uid: bool) -> list[Item]:
    """What is asked for; UID is always among it when the client asked by UID. BadCommand: an unknown item."""
    names = _names(word)
    found = [_item(name) for name in names]
    if by_uid and not any(item.name == "UID" for item in found):
        found.insert(0, Item("UID"))
    if any(item.marks_seen for item in found) and not any(item.name == "FLAGS" for item in found):
        found.append(Item("FLAGS"))
    return found


def _names(word: Word) -> list[str]:
    if not isinstance(word, list):
        name = word.decode("ascii", "replace")
        return list(MACROS.get(name.upper(), (name,)))
    if any(isinstance(inner, list) for inner in word):
        raise BadCommand("Unexpected list")
    return [inner.decode("ascii", "replace") for inner in word if not isinstance(inner, list)]


def _item(name: str) -> Item:
    key = name.upper()
    if key in PLAIN:
        return Item(key)
    if key in OLD_NAMES:
        return Item(key, OLD_NAMES[key], marks_seen=key != "RFC822.HEADER")
    found = _SECTION.match(name)
    if found is None:
        raise BadCommand(f"Unknown item {key[:40]}")
    start = int(found[3]) if found[3] else None
    tail = f"<{start}>" if start is not None else ""
    count = int(found[4]) if found[4] else None
    return Item(f"BODY[{found[2]}]{tail}", found[2], start, count, marks_seen=not found[1])


def answer(number: int, mail: Mail, raw: bytes, wanted: list[Item]) -> bytes:
    """The untagged line for one message, literals included, with its line end."""
    values = [b"%s %s" % (item.name.encode(), _value(item, mail, raw)) for item in wanted]
    return b"* %d FETCH (%s)\r\n" % (number, b" ".join(values))


def _value(item: Item, mail: Mail, raw: bytes) -> bytes:
    if item.section is not None:
        data = structure.section(raw, item.section)
        if item.start is not None:
            data = data[item.start : None if item.count is None else item.start + item.count]
        return b"{%d}\r\n%s" % (len(data), data)
    if item.name in ("BODY", "BODYSTRUCTURE"):
        return structure.bodystructure(parse(raw))
    if item.name == "ENVELOPE":
        return structure.envelope(parse(raw))
    return {
        "UID": b"%d" % mail.uid,
        "FLAGS": flag_list(mail.flags),
        "INTERNALDATE": b'"%s"' % internal_date(mail.at).encode(),
        "RFC822.SIZE": b"%d" % mail.size,
    }[item.name]


def flag_list(flags: frozenset[str] | tuple[str, ...]) -> bytes:
    return b"(" + " ".join(sorted(flags)).encode() + b")"


def internal_date(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at.day:2d}-{MONTHS[at.month - 1]}-{at:%Y %H:%M:%S} +0000"


def read_internal_date(text: str) -> datetime:
    """BadCommand: not a date-time of RFC 3501."""
    try:
        return datetime.strptime(text.strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError as error:
        raise BadCommand("Bad date-time") from error
