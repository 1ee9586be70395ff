"""The channel Facebook, as the desk knows it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import facebook
import requests

from connectors.contract import (
    AccountAccess,
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
from connectors.facebook import acting, config, hooks, sending
from connectors.facebook.client import Client
from connectors.facebook.fetching import fetch_pages
from connectors.facebook.parse import make_own
from connectors.files_over_http import fetch_over_http
from connectors.reading import read_dict
from inbox.capabilities import Capabilities


class FacebookConnector:
    """One Facebook Page: visitors' posts, comments, and Messenger."""

    word = "facebook"

    def capabilities(self, access: AccountAccess) -> Capabilities:
        """Return what a Page can do."""
        return config.CAPABILITIES

    def setup(self) -> Setup:
        """Return the guided set-up."""
        return config.SETUP

    def check(self, access: AccountAccess) -> Health:
        """Ask Facebook which Page this is, what the token covers and until when."""
        client = Client(access)
        page = client.read("me", fields="id,name")
        page_id, name = str(page.get("id") or ""), str(page.get("name") or "")
        if not page_id:
            return Health(ok=False, sentence="Facebook answered, but did not say which Page this is.")
        return Health(
            ok=True,
            sentence=f"Connected as {name or page_id}.",
            details=(*describe_token(client), describe_messages(client, page_id)),
            address=f"facebook.com/{page_id}",
            config={"page_id": page_id, "page_name": name},
        )

    def fetch(self, access: AccountAccess, cursor: dict[str, Any]) -> Iterator[Page]:
        """Yield what is new."""
        return fetch_pages(Client(access), make_own(access), cursor)

    def send(self, access: AccountAccess, outgoing: Outgoing) -> Receipt:
        """Send a comment or a Messenger message, once."""
        send = sending.send_public if outgoing.visibility == "public" else sending.send_private
        return send(Client(access), outgoing)

    def find_sent(self, access: AccountAccess, outgoing: Outgoing) -> Receipt | None:
        """Look whether the reply is on Facebook."""
        find = sending.find_public if outgoing.visibility == "public" else sending.find_private
        return find(Client(access), outgoing)

    def act(self, access: AccountAccess, kind: str, target: str, *, undo: bool) -> None:
        """Hide a comment, like a post or comment, or take that back."""
        acting.carry_out(Client(access), kind, target, undo=undo)

    def fetch_file(self, access: AccountAccess, source: str) -> tuple[bytes, str]:
        """Fetch a picture or film; its signed address needs nothing else."""
        return fetch_over_http(source, config.MEDIA_HOSTS, name=config.NAME)

    def describe_hook(self, access: AccountAccess) -> tuple[str, ...]:
        """Say what to enter in Meta's app dashboard."""
        return hooks.describe_hook(access)

    def answer_challenge(self, access: AccountAccess, call: HookCall) -> HookAnswer | None:
        """Answer Meta's challenge."""
        return hooks.answer_challenge(access, call)

    def is_genuine(self, access: AccountAccess, call: HookCall) -> bool:
        """Check Meta's signature."""
        return hooks.is_genuine(access, call)

    def read_hook(self, access: AccountAccess, body: bytes) -> HookNews:
        """Read a batch of changes."""
        return hooks.read_hook(access, body)


def describe_token(client: Client) -> tuple[str, ...]:
    """Say until when the token lives, where the app's number and secret are known (contract 2.2)."""
    app_id, secret = client.access.config.get("app_id"), client.access.secrets.get("app_secret")
    if not app_id or not secret:
        return ("Without the app's number and secret the desk cannot tell when the access ends.",)
    try:
        answer = client.graph.debug_access_token(client.access.secrets["page_token"], app_id, secret)
    except (facebook.GraphAPIError, requests.RequestException, OSError, ValueError, KeyError):
        return ("Facebook did not say when the access ends.",)
    ends = [read_dict(answer, "data").get(name) for name in ("expires_at", "data_access_expires_at")]
    moments = [end for end in ends if isinstance(end, int) and end > 0]
    if not moments:
        return ("The access does not end by itself.",)
    moment = datetime.fromtimestamp(min(moments), UTC)
    return (f"The access ends on {moment.day} {moment:%B %Y}.",)


def describe_messages(client: Client, page_id: str) -> str:
    """Say whether Messenger can be read."""
    try:
        client.read(f"{page_id}/conversations", platform="messenger", fields="id", limit=1)
    except ConnectorError as error:
        return f"Messenger cannot be read now: {error.sentence}"
    return "Messenger can be read."


CONNECTOR = FacebookConnector()
