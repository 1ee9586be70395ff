"""What an account's channel can do, as facts; the inbox never asks which channel it is."""

from dataclasses import asdict, dataclass
from typing import Any


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
    # What a reply costs, in words, where the channel charges ("A reply costs $0.010, with a link $0.20").
    price: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the facts as plain JSON, for the account's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> "Capabilities":
        """Read the facts back; unknown ones are passed over, missing ones take their defaults."""
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in facts.items() if name in known})

    def length_limit(self, visibility: str) -> int | None:
        """Return how long a text may be."""
        return self.public_length if visibility == "public" else self.private_length
