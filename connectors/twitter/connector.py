"""The channel X, as the desk knows it."""

from collections.abc import Iterator
from typing import Any

from connectors.contract import (
    AccountAccess,
    ConsentAsked,
    Health,
    HookAnswer,
    HookCall,
    HookNews,
    Outgoing,
    Page,
    Receipt,
    Setup,
)
from connectors.errors import ConnectorError
from connectors.files_over_http import fetch_over_http
from connectors.reading import read_dict
from connectors.twitter import acting, config, consent, hooks, sending
from connectors.twitter.client import Client
from connectors.twitter.fetching import ask_messages, fetch_pages
from connectors.twitter.parse import Own
from connectors.twitter.setup import SETUP
from inbox.capabilities import Capabilities


class TwitterConnector:
    """One X account: posts that mention us, and private messages."""

    word = "twitter"

    def capabilities(self, access: AccountAccess) -> Capabilities:
        """Return what an X account can do."""
        return config.CAPABILITIES

    def setup(self) -> Setup:
        """Return the guided set-up."""
        return SETUP

    def check(self, access: AccountAccess) -> Health:
        """Ask X who we are, and whether private messages can be read."""
        client = Client(access)
        me = read_dict(client.read(lambda api, signed: api.get_me(user_auth=signed)), "data")
        user_id, username = str(me.get("id") or ""), str(me.get("username") or "")
        if not user_id or not username:
            return Health(ok=False, sentence="X answered, but did not say which account this is.")
        return Health(
            ok=True,
            sentence=f"Connected as @{username}.",
            details=("Mentions and own posts can be read.", self.check_messages(client)),
            address=f"@{username}",
            config={"user_id": user_id, "username": username},
        )

    def check_messages(self, client: Client) -> str:
        """Say whether private messages can be read."""
        try:
            client.read(lambda api, signed: ask_messages(api, signed, None))
        except ConnectorError as error:
            return f"Private messages cannot be read now: {error.sentence}"
        return "Private messages can be read. Messages in X's encrypted chat stay invisible to the desk."

    def fetch(self, access: AccountAccess, cursor: dict[str, Any]) -> Iterator[Page]:
        """Yield what is new."""
        return fetch_pages(Client(access), describe_own(access), cursor)

    def send(self, access: AccountAccess, outgoing: Outgoing) -> Receipt:
        """Send a public reply or a private message, once."""
        send = sending.send_public if outgoing.visibility == "public" else sending.send_private
        return send(Client(access), outgoing)

    def find_sent(self, access: AccountAccess, outgoing: Outgoing) -> Receipt | None:
        """Look whether the reply is on X."""
        find = sending.find_public if outgoing.visibility == "public" else sending.find_private
        return find(Client(access), outgoing)

    def act(self, access: AccountAccess, kind: str, target: str, *, undo: bool) -> None:
        """Hide a reply beneath one of our posts, like a post, or take that back."""
        acting.carry_out(Client(access), kind, target, undo=undo)

    def fetch_file(self, access: AccountAccess, source: str) -> tuple[bytes, str]:
        """Fetch a picture or film; those of private messages need our signature."""
        return fetch_over_http(
            source, config.MEDIA_HOSTS, name=config.NAME, auth=Client(access).sign_file(source)
        )

    def ask_consent(self, access: AccountAccess, return_to: str) -> ConsentAsked | None:
        """Return X's consent page, where the admin chose it."""
        return consent.ask(access, return_to)

    def take_consent(
        self, access: AccountAccess, kept: dict[str, Any], answer: dict[str, str]
    ) -> dict[str, str]:
        """Return the tokens that the consent gave."""
        return consent.take(access, kept, answer)

    def describe_hook(self, access: AccountAccess) -> tuple[str, ...]:
        """Say what to enter in X's developer console."""
        return hooks.describe_hook(access)

    def answer_challenge(self, access: AccountAccess, call: HookCall) -> HookAnswer | None:
        """Answer X's CRC."""
        return hooks.answer_challenge(access, call)

    def is_genuine(self, access: AccountAccess, call: HookCall) -> bool:
        """Check X's signature."""
        return hooks.is_genuine(access, call)

    def read_hook(self, access: AccountAccess, body: bytes) -> HookNews:
        """Read an event."""
        return hooks.read_hook(describe_own(access), body)


def describe_own(access: AccountAccess) -> Own:
    """Return who we are on X."""
    return Own(
        id=str(access.config["user_id"]),
        username=str(access.config.get("username") or ""),
        enterprise=access.config.get("plan") == "enterprise",
    )


CONNECTOR = TwitterConnector()
