"""What a mail says, once read: plain values, so that it can cross from the process that reads to ours."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from connectors.email.addresses import Mailbox

NOBODY = Mailbox("", "")


@dataclass(frozen=True)
class Enclosure:
    """A file in a mail. `content_id` is what the HTML calls it by; `inline` ones belong into the text."""

    name: str
    kind: str
    content: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True)
class Undelivered:
    """One address that a mail did not reach. `status` is the enhanced code of RFC 3463, such as 5.1.1."""

    recipient: str
    status: str = ""
    action: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Bounce:
    """A report that a mail was not delivered, or is late. `message_id` names that mail, where known."""

    recipients: tuple[Undelivered, ...]
    message_id: str = ""

    @property
    def permanent(self) -> bool:
        """Whether an address is given up, rather than tried again."""
        return any(one.action != "delayed" and not one.status.startswith("4") for one in self.recipients)


@dataclass(frozen=True)
class Letter:
    """One mail. `date` is ISO 8601 with an offset, or empty.

    `text` is all of it, `reply_text` what was written now and `quoted` what was carried along.
    """

    sender: Mailbox = NOBODY
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    delivered_to: tuple[str, ...] = ()
    subject: str = ""
    date: str = ""
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    reply_text: str = ""
    quoted: str = ""
    doubtful: bool = False  # some of what is in `quoted` may have been written now
    html: str = ""
    form: tuple[tuple[str, str], ...] = ()  # what somebody filled in: labels and values
    enclosures: tuple[Enclosure, ...] = ()
    closed: bool = False  # encrypted: what it says cannot be read
    automatic: str = ""  # why it is taken for a machine's mail; empty where it is not
    bounce: Bounce | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what it is besides: an invitation, signed


def to_wire(letter: Letter) -> tuple[dict[str, Any], list[bytes]]:
    """Return the letter as plain JSON and, apart, the bytes of its files."""
    facts = asdict(letter)
    blobs = [enclosure.content for enclosure in letter.enclosures]
    for enclosure in facts["enclosures"]:
        enclosure["content"] = len(enclosure["content"])
    return facts, blobs


def from_wire(facts: dict[str, Any], blobs: bytes) -> Letter:
    """Build the letter again. Raises KeyError, TypeError or ValueError when the facts are not one."""
    known = {item.name for item in fields(Letter)}
    values: dict[str, Any] = {name: _as_tuple(value) for name, value in facts.items() if name in known}
    values["sender"] = Mailbox(**facts["sender"])
    values["form"] = tuple((str(label), str(value)) for label, value in facts["form"])
    for name in ("reply_to", "to", "cc"):
        values[name] = tuple(Mailbox(**one) for one in facts[name])
    enclosures, start = [], 0
    for one in facts["enclosures"]:
        size = int(one["content"])
        enclosures.append(Enclosure(**{**one, "content": blobs[start : start + size]}))
        start += size
    if start != len(blobs):
        raise ValueError("the files and their sizes do not agree")
    bounce = facts["bounce"]
    if bounce is not None:
        people = tuple(Undelivered(**one) for one in bounce["recipients"])
        values["bounce"] = Bounce(people, bounce["message_id"])
    return Letter(**{**values, "enclosures": tuple(enclosures)})


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
