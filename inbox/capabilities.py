"""What an account's channel can do, as facts; the inbox never asks which channel it is."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from inbox.filetypes import name_kinds

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class FileKind:
    """Media types that go out under the same limits; `alone` means that nothing else goes beside one."""

    types: tuple[str, ...]
    most_bytes: int
    alone: bool = False

    def describe(self) -> str:
        """Return the kind in words, such as "PDF up to 25 MB"."""
        alone = ", only one and by itself" if self.alone else ""
        return f"{name_kinds(self.types)} up to {self.most_bytes // MEGABYTE} MB{alone}"


@dataclass(frozen=True)
class FileRules:
    """What may go out with one answer: how many files, which kinds, how large together (None: no matter).

    `apart` means that the channel carries a text or a file, so that every file is a message of its own;
    `alternative` that the channel passes on the words that describe a picture.
    """

    most: int = 0
    kinds: tuple[FileKind, ...] = ()
    most_together: int | None = None
    apart: bool = False
    alternative: bool = False

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> "FileRules":
        """Read the rules back from an account's row."""
        known = {name: value for name, value in facts.items() if name in cls.__dataclass_fields__}
        kinds = tuple(
            FileKind(tuple(kind["types"]), kind["most_bytes"], bool(kind.get("alone")))
            for kind in facts.get("kinds") or ()
        )
        return cls(**{**known, "kinds": kinds})

    def kind_of(self, media_type: str) -> FileKind | None:
        """Return the kind that a media type belongs to, None when it may not go out."""
        return next((kind for kind in self.kinds if media_type in kind.types), None)

    @property
    def types(self) -> tuple[str, ...]:
        """Return every media type that may go out."""
        return tuple(one for kind in self.kinds for one in kind.types)

    def describe(self) -> str:
        """Return the rules as a sentence."""
        if not self.most:
            return "No files can go out this way."
        number = "One file" if self.most == 1 else f"Up to {self.most} files"
        kinds = "; ".join(kind.describe() for kind in self.kinds)
        together = f" {self.most_together // MEGABYTE} MB together at most." if self.most_together else ""
        apart = " Each goes out as a message of its own." if self.apart else ""
        return f"{number}: {kinds}.{together}{apart}"

    def explain(self, files: Iterable[tuple[str, str, int]]) -> str:
        """Return why these files (name, media type, bytes) may not go out together, or nothing."""
        every = list(files)
        if not every:
            return ""
        if not self.most:
            return "No files can go out this way. Take them away or choose another way."
        wrong = next(filter(None, (self.explain_one(*file, len(every)) for file in every)), "")
        if not wrong and len(every) > self.most:
            wrong = f"{len(every)} files are too many."
        if not wrong and self.most_together and sum(size for _, _, size in every) > self.most_together:
            wrong = "The files are too large together."
        return f"{wrong} {self.describe()}" if wrong else ""

    def explain_one(self, name: str, media_type: str, size: int, number: int) -> str:
        """Return why one of `number` files may not go out, or nothing."""
        kind = self.kind_of(media_type)
        if kind is None:
            return f"{name} cannot go out this way."
        if size > kind.most_bytes:
            return f"{name} is larger than {kind.most_bytes // MEGABYTE} MB."
        if kind.alone and number > 1:
            return f"{name} can only go out by itself. Take the others away."
        return ""


@dataclass(frozen=True)
class Capabilities:
    """Differences between channels that the composer and the services look at.

    `length_rule` is how a text is measured (inbox.length): "characters" (code points), "graphemes" (what a
    reader takes for one character), "linked" (the same, an address of a page counts `address_weight`) or
    "weighted" (some scripts and emoji count double, an address counts `address_weight`). Lengths of None have
    no limit.
    """

    public: bool = False
    private: bool = False
    has_subject: bool = False
    attachments: bool = False
    public_length: int | None = None
    private_length: int | None = None
    length_rule: str = "characters"
    address_weight: int = 23
    icon: str = "message-circle"
    label: str = "Channel"
    # Words for the two ways of answering, such as "Public reply" or "E-mail".
    public_word: str = "Public reply"
    private_word: str = "Private message"
    # The word under which triage knows the channel; "_public" or "_private" is added where it has both.
    triage_channel: str = ""
    # Files that may go out with an answer, the one way and the other.
    public_files: FileRules = field(default_factory=FileRules)
    private_files: FileRules = field(default_factory=FileRules)
    # Lines that the channel puts beneath every private answer.
    signature: str = ""
    # What the next answer costs, in words, the second once there is a link in it.
    price_public: str = ""
    price_public_linked: str = ""
    price_private: str = ""
    # What a reply costs, in words, where the channel charges ("A reply costs $0.010, with a link $0.20").
    price: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the facts as plain JSON, for the account's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> "Capabilities":
        """Read the facts back; unknown ones are passed over, missing ones take their defaults."""
        known = {name: value for name, value in facts.items() if name in cls.__dataclass_fields__}
        for name in ("public_files", "private_files"):
            if isinstance(known.get(name), dict):
                known[name] = FileRules.from_json(known[name])
        return cls(**known)

    def file_rules(self, visibility: str) -> FileRules:
        """Return what files may go out."""
        return self.public_files if visibility == "public" else self.private_files

    def length_limit(self, visibility: str) -> int | None:
        """Return how long a text may be."""
        return self.public_length if visibility == "public" else self.private_length
