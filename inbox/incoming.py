"""What a connector hands to the inbox: one frozen form for every channel, made at the edge.

No raw dict travels further in. Times are aware (UTC). Ids are the channel's own, as opaque text.
"""

from dataclasses import dataclass, field
from datetime import datetime

from inbox.enums import Direction, Visibility


@dataclass(frozen=True)
class Author:
    """Who wrote it: `key` is stable, never a display name; `address` is what people know (@name, mail)."""

    key: str
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class IncomingFile:
    """A file that belongs to a message: its bytes, or the address from which it can be fetched."""

    name: str = ""
    media_type: str = "application/octet-stream"
    content: bytes | None = None
    source: str = ""
    alternative: str = ""
    # What the message's HTML calls it by (`cid:`), where it belongs into the text.
    content_id: str = ""


@dataclass(frozen=True)
class PossibleAct:
    """Something that may be done to a message besides answering it.

    `kind` is one of inbox.enums.ActKind; `target` is what the connector needs (opaque to the inbox); `done`
    says that it stands already; a `refusal` in words means that it cannot be done, and why.
    """

    kind: str
    target: str
    done: bool = False
    refusal: str = ""


@dataclass(frozen=True)
class ReplyTerms:
    """What may answer this message. A reason in words means no; an empty one means yes.

    `public_target` and `private_target` are what the connector needs to send (opaque to the inbox);
    `private_until` is when the private window closes (None: it does not).
    """

    public_refusal: str = ""
    private_refusal: str = ""
    public_target: str = ""
    private_target: str = ""
    private_until: datetime | None = None
    # Until when a private answer is free of conditions; afterwards only a person may write it.
    private_free_until: datetime | None = None
    # The channel takes one private answer to this message and no second.
    private_once: bool = False
    # Why no files may go out in answer, where words may.
    public_files_refusal: str = ""
    private_files_refusal: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """One message as the channel told it. `raw` is the untouched payload."""

    remote_id: str
    thread_key: str
    author: Author
    text: str
    written_at: datetime
    raw: bytes
    visibility: Visibility
    direction: Direction = Direction.IN
    media_type: str = "application/json"
    subject: str = ""
    quoted: str = ""
    html: str = ""
    # What somebody filled in on a web page, as labels and values; the text holds it too.
    form: tuple[tuple[str, str], ...] = ()
    url: str = ""
    in_reply_to: str = ""
    # Remote ids of messages that this one may belong to, best first: it joins the first one that is known.
    joins: tuple[str, ...] = ()
    # The id by which later messages may name this one, where that is not `remote_id` (a mail's Message-ID).
    known_as: str = ""
    # Keys of the others whom it was sent to, on channels where anybody can write into a private thread:
    # its author is then compared with those who are in the thread. None where the channel sees to that.
    named: tuple[str, ...] | None = None
    # What it says is locked away (encrypted): no rule can judge it, so a person must.
    closed: bool = False
    automatic: bool = False
    # The id (chosen by us, or the channel's) of a reply of ours that this says was not delivered.
    undelivered: str = ""
    edited: bool = False
    deleted: bool = False
    # The channel was asked just now: this is how it stands, even if the same words came before others.
    current: bool = False
    # The number of a reply of ours (Outgoing.reply_id) whose echo the channel says that this is.
    proves: int | None = None
    files: tuple[IncomingFile, ...] = ()
    terms: ReplyTerms = field(default_factory=ReplyTerms)
    acts: tuple[PossibleAct, ...] = ()
    # When it reached the channel, where that is told apart from when its author says to have written it.
    reached_at: datetime | None = None
    # The desk was cut off when it came there; set by polling, never by a connector.
    late: bool = False
    # Anything worth telling people about the source, such as "dated in the year 2050".
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """A payload that could not be read: a visible item with its raw source, on top of the queue."""

    remote_id: str
    raw: bytes
    problem: str
    media_type: str = "application/json"
    received_at: datetime | None = None
