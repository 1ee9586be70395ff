"""The channel Bluesky, as the desk knows it."""

from collections.abc import Iterator
from typing import Any

from connectors.bluesky import config, sending
from connectors.bluesky.client import Client
from connectors.bluesky.fetching import fetch_pages
from connectors.bluesky.parse import Own
from connectors.contract import AccountAccess, Health, Outgoing, Page, Receipt, Setup
from connectors.errors import ConnectorError
from connectors.files_over_http import fetch_over_http
from inbox.capabilities import Capabilities


class BlueskyConnector:
    """One Bluesky account: posts that mention, answer or quote us, and its chat."""

    word = "bluesky"

    def capabilities(self, access: AccountAccess) -> Capabilities:
        """Return what a Bluesky account can do."""
        return config.CAPABILITIES

    def setup(self) -> Setup:
        """Return the guided set-up."""
        return config.SETUP

    def check(self, access: AccountAccess) -> Health:
        """Ask who we are, and whether the posts and the chat can be read."""
        if not access.id:
            # A set-up test proves the app password that was typed, not a session that is still open.
            for name in ("access_token", "refresh_token", "pds"):
                access.secrets.pop(name, None)
        client = Client(access)
        me = client.read("com.atproto.server.getSession")
        did, handle = str(me.get("did") or ""), str(me.get("handle") or "")
        if not did or not handle:
            return Health(ok=False, sentence="Bluesky answered, but did not say which account this is.")
        return Health(
            ok=True,
            sentence=f"Connected as @{handle}.",
            details=(self.check_posts(client), self.check_chat(client)),
            address=did,
            config={"did": did, "handle": handle},
        )

    def check_posts(self, client: Client) -> str:
        """Say whether posts that concern us can be read."""
        try:
            client.read("app.bsky.notification.listNotifications", {"limit": 1})
        except ConnectorError as error:
            return f"Posts cannot be read now: {error.sentence}"
        return "Posts can be read."

    def check_chat(self, client: Client) -> str:
        """Say whether the chat can be read."""
        try:
            client.read("chat.bsky.convo.listConvos", {"limit": 1})
        except ConnectorError:
            return "The chat cannot be read. Make an app password that allows access to direct messages."
        return "The chat can be read."

    def fetch(self, access: AccountAccess, cursor: dict[str, Any]) -> Iterator[Page]:
        """Yield what is new."""
        client = Client(access)
        return fetch_pages(client, Own(client.own_did, str(access.config.get("handle") or "")), cursor)

    def choose_id(self, access: AccountAccess, outgoing: Outgoing) -> str:
        """Return the address that a public answer will have; the chat lets nobody choose."""
        is_public = outgoing.visibility == "public"
        return sending.choose_uri(str(access.config["did"])) if is_public else ""

    def send(self, access: AccountAccess, outgoing: Outgoing) -> Receipt:
        """Send a public reply or a chat message, once."""
        send = sending.send_public if outgoing.visibility == "public" else sending.send_private
        return send(Client(access), outgoing)

    def find_sent(self, access: AccountAccess, outgoing: Outgoing) -> Receipt | None:
        """Look whether the reply is on Bluesky."""
        find = sending.find_public if outgoing.visibility == "public" else sending.find_private
        return find(Client(access), outgoing)

    def fetch_file(self, access: AccountAccess, source: str) -> tuple[bytes, str]:
        """Fetch a picture from the network of copies."""
        return fetch_over_http(source, config.MEDIA_HOSTS, name=config.NAME)


CONNECTOR = BlueskyConnector()
