"""What each channel's stand-in calls its calls, and how it says the things that every platform can say."""

from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from tests.sandbox_process import Sandbox

Order = tuple[str, str, dict[str, Any]]  # operation, fault, more


@dataclass(frozen=True)
class Troubles:
    """The faults of one channel, each as the sandbox's own order."""

    channel: str
    read: str
    send: str
    hang: str = "hang"
    cut: str = "cut"
    nonsense: str = "malformed"
    busy: Order = ("*", "status", {"status": 429, "seconds": 120})
    revoked: Order = ("*", "status", {"status": 401})
    sick: Order = ("*", "status", {"status": 503})
    # Whether a reply that got no answer can be found there; else people decide.
    finds: bool = True
    refused: dict[str, Any] = field(default_factory=lambda: {"fault": "status", "status": 403})

    def order(self, sandbox: Sandbox, order: Order, times: int = 0) -> None:
        """Let one of the orders hold."""
        operation, fault, more = order
        sandbox.fault(self.channel, operation, fault, times=times, **more)


TROUBLES = {
    "twitter": Troubles("x", "mentions", "create_tweet"),
    "facebook": Troubles(
        "facebook",
        "feed",
        "create_comment",
        busy=("*", "status", {"status": 400, "code": 4, "seconds": 120}),
        revoked=("*", "status", {"status": 400, "code": 190}),
        refused={"fault": "status", "status": 400, "code": 200},
    ),
    "email": Troubles(
        "mail",
        "imap.fetch",
        "smtp.data",
        nonsense="bye",
        busy=("imap.examine", "no", {}),
        revoked=("imap.login", "no", {"text": "[AUTHENTICATIONFAILED] Wrong"}),
        sick=("imap.connect", "cut", {}),
        finds=False,  # the server was cut off before anything could be filed under Sent
        refused={"fault": "552"},
    ),
    "mastodon": Troubles("mastodon", "notifications", "create_status"),
    "bluesky": Troubles("bluesky", "listNotifications", "createRecord"),
}


def find_troubles(word: str) -> Troubles:
    """Return a channel's faults: from here, from `troubles.py` beside its own tests, or the plain ones."""
    if word in TROUBLES:
        return TROUBLES[word]
    own = f"tests.connectors.{word}"
    if find_spec(own) and find_spec(f"{own}.troubles"):
        found: Troubles = import_module(f"{own}.troubles").TROUBLES
        return found
    return Troubles(word, "*", "*")
