"""What every channel's folder provides. The conformance tests run over the registry of these."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from inbox.capabilities import Capabilities
from inbox.incoming import Incoming, Unreadable


@dataclass(frozen=True)
class AccountAccess:
    """What a connector may know of an account: plain settings and decrypted secrets. Never logged."""

    id: int
    address: str
    config: dict[str, Any]
    secrets: dict[str, str] = field(repr=False)
    failures: int = 0  # polls in a row that failed before this one


@dataclass(frozen=True)
class Page:
    """A run's worth of items, oldest first, and the cursor that is true once they are stored.

    `cursor` is committed with the items. `warnings` are sentences for the health page (such as a gap that
    could not be fetched). `meter` holds facts for people; some are known to every part of the desk:
    `slow_down` (how many times the usual interval to wait), `wait_seconds` with `wait_reason` (the shortest
    interval that limits or a budget allow, and why), `waiting` (items still to be read), `credits_left`
    (words or a number), `token_expires_at` (ISO 8601).
    """

    items: tuple[Incoming | Unreadable, ...]
    cursor: dict[str, Any]
    meter: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    # Tokens of our own check items that lay among the items (see Checked); they are no messages.
    canaries: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutgoingFile:
    """A file of a reply. `load` gives its bytes as they were checked, or raises InvalidContent.

    Call it before anything leaves: bytes that are gone prove that nothing was sent.
    """

    name: str
    media_type: str
    size: int
    alternative: str = ""
    load: Callable[[], bytes] = field(default=bytes, repr=False, compare=False)


@dataclass(frozen=True)
class Outgoing:
    """A reply as the connector needs it: the target is what the message's terms gave."""

    reply_id: int
    text: str
    visibility: str
    target: str
    subject: str = ""
    chosen_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    thread_key: str = ""
    attempted_at: datetime | None = None
    late: bool = False  # outside the channel's first private window, inside its second
    files: tuple[OutgoingFile, ...] = ()  # as many and of such kinds as the capabilities allow


@dataclass(frozen=True)
class Receipt:
    """Proof that the platform took it. `terms`-like facts let the echo be recognised."""

    remote_id: str
    url: str = ""
    refused: tuple[str, ...] = ()  # recipients that were refused, in words


@dataclass(frozen=True)
class Health:
    """What a test of the account found, in words; `details` are shown beneath it."""

    ok: bool
    sentence: str
    details: tuple[str, ...] = ()
    address: str = ""
    config: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SetupField:
    """One field of the guided set-up page. Secret ones are write-only."""

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True
    kind: str = "text"  # text, lines, number, choice, flag
    choices: tuple[tuple[str, str], ...] = ()
    initial: str = ""
    when: str = ""  # "field=value|value": asked for only then; the page hides it otherwise
    free: bool = False  # may be changed on the account's page at any time; never a credential
    hidden: bool = False  # never typed: a consent fills it in


@dataclass(frozen=True)
class Setup:
    """The guided set-up of one channel: what to do first, and what to type where."""

    title: str
    steps: tuple[str, ...]
    fields: tuple[SetupField, ...]


@dataclass(frozen=True)
class HookCall:
    """A platform's call at an account's web hook: headers by lower-case name, the body's untouched bytes."""

    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class HookAnswer:
    """What a platform's challenge is answered with."""

    body: bytes
    media_type: str


@dataclass(frozen=True)
class HookNews:
    """What a web hook told: items to store now, and whether the account should be polled at once as well."""

    items: tuple[Incoming | Unreadable, ...] = ()
    wake: bool = False


@dataclass(frozen=True)
class ConsentAsked:
    """The platform's page on which a person agrees, and what stays with us until they come back.

    `state` is what the platform must send back unchanged; `kept` is plain JSON, sealed in the session.
    """

    address: str
    state: str
    kept: dict[str, Any] = field(repr=False)


class Connector(Protocol):
    """One channel. Methods raise connectors.errors only; anything else is a defect."""

    word: str

    def capabilities(self, access: AccountAccess) -> Capabilities:
        """Return what this account can do."""
        ...

    def setup(self) -> Setup:
        """Return the guided set-up."""
        ...

    def check(self, access: AccountAccess) -> Health:
        """Look whether the account works, changing nothing."""
        ...

    def fetch(self, access: AccountAccess, cursor: dict[str, Any]) -> Iterator[Page]:
        """Yield pages of what is new since `cursor`, each whole and committable in order."""
        ...

    def send(self, access: AccountAccess, outgoing: Outgoing) -> Receipt:
        """Send once. Raises UnknownOutcome when it cannot be told whether it went out."""
        ...

    def find_sent(self, access: AccountAccess, outgoing: Outgoing) -> Receipt | None:
        """Look whether the reply is on the platform; None means not found, which proves nothing."""
        ...

    def fetch_file(self, access: AccountAccess, source: str) -> tuple[bytes, str]:
        """Fetch an attachment's bytes and media type through the one outbound client."""
        ...


@runtime_checkable
class Checked(Protocol):
    """What a channel provides besides that can write to itself for nothing: its own canary.

    On all other channels every successful poll carries the check item (connectors.canaries).
    """

    def canary_seconds(self, access: AccountAccess) -> int:
        """Return the shortest interval that the account's own limits allow."""
        ...

    def send_canary(self, access: AccountAccess, token: str) -> None:
        """Send the account a check item with the token, which `fetch` gives back in `Page.canaries`."""
        ...


@runtime_checkable
class Acting(Protocol):
    """What a channel provides besides, whose messages can be hidden or liked (inbox.incoming.PossibleAct)."""

    def act(self, access: AccountAccess, kind: str, target: str, *, undo: bool) -> None:
        """Hide or like a message, or take that back. Doing it twice must be the same as once."""
        ...


@runtime_checkable
class Hooked(Protocol):
    """What a channel with web hooks provides besides; they only hurry, for polling finds everything."""

    def describe_hook(self, access: AccountAccess) -> tuple[str, ...]:
        """Say what to enter on the platform, step by step; the page shows the address itself."""
        ...

    def answer_challenge(self, access: AccountAccess, call: HookCall) -> HookAnswer | None:
        """Return the proof that the address is ours; None when the call is no challenge of the platform's."""
        ...

    def is_genuine(self, access: AccountAccess, call: HookCall) -> bool:
        """Say whether the signature over the raw bytes is the platform's, compared in constant time."""
        ...

    def read_hook(self, access: AccountAccess, body: bytes) -> HookNews:
        """Read a stored payload; may ask the platform for more. Called again after errors and for repeats.

        Raises connectors.errors; whatever else it raises makes the payload a visible item in the end.
        """
        ...


@runtime_checkable
class ChoosesIds(Protocol):
    """A channel that lets its clients name what they make: the same name twice is the same thing once."""

    def choose_id(self, access: AccountAccess, outgoing: Outgoing) -> str:
        """Return the id that the reply will have on the channel; it is stored before anything leaves.

        It comes back as `Outgoing.chosen_id`, with every later try and every look. Calls nobody.
        """
        ...


@runtime_checkable
class Listens(Protocol):
    """A channel whose server can say at once that something came; it only hurries, for polling finds it."""

    def listen(self, access: AccountAccess, news: Callable[[], None], stopped: Callable[[], bool]) -> bool:
        """Call `news` at the start and whenever something came, until `stopped`; False where not offered.

        Raises connectors.errors when the connection ends or cannot be made.
        """
        ...


@runtime_checkable
class Consents(Protocol):
    """A channel whose accounts can be connected by a person's consent on the platform's own page (OAuth)."""

    def ask_consent(self, access: AccountAccess, return_to: str) -> ConsentAsked | None:
        """Return where to agree; None when what was typed is enough. Raises connectors.errors.

        The `code` of an error may name the field of the set-up that it is about.
        """
        ...

    def take_consent(
        self, access: AccountAccess, kept: dict[str, Any], answer: dict[str, str]
    ) -> dict[str, str]:
        """Return the credentials by the names of their set-up fields. Raises as above."""
        ...
