"""The channel Mastodon, as the desk knows it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import AccountAccess, Health, Outgoing, Page, Receipt, Setup
from connectors.errors import ConnectorError, ParentGone
from connectors.files_over_http import fetch_over_http
from connectors.mastodon import config, sending
from connectors.mastodon.client import Client
from connectors.mastodon.fetching import fetch_pages
from connectors.mastodon.parse import Own
from connectors.reading import read_dict
from inbox.capabilities import Capabilities


class MastodonConnector:
    """One Mastodon account: public mentions, and private ones."""

    word = "mastodon"

    def capabilities(self, access: AccountAccess) -> Capabilities:
        """Return what the account can do; how long a text may be is its server's own rule."""
        return config.describe_capabilities(access)

    def setup(self) -> Setup:
        """Return the guided set-up."""
        return config.SETUP

    def check(self, access: AccountAccess) -> Health:
        """Ask the server who we are, what it allows, and whether mentions can be read."""
        client = Client(access)
        me = client.read("/api/v1/accounts/verify_credentials")
        account_id, name = str(me.get("id") or ""), str(me.get("acct") or "")
        if not account_id or not name:
            return Health(ok=False, sentence="Mastodon answered, but did not say which account this is.")
        instance = read_instance(client)
        limits = read_dict(read_dict(instance, "configuration"), "statuses")
        length = limits.get("max_characters")
        facts = {
            "account_id": account_id,
            "server": client.host,
            "max_characters": length if isinstance(length, int) else config.USUAL_LENGTH,
            "media_hosts": list_media_hosts(me, instance),
        }
        return Health(
            ok=True,
            sentence=f"Connected as @{name}@{client.host}.",
            details=(self.check_mentions(client), f"The server takes {facts['max_characters']} characters."),
            address=f"@{name}@{client.host}",
            config=facts,
        )

    def check_mentions(self, client: Client) -> str:
        """Say whether mentions can be read."""
        try:
            client.read_list("/api/v1/notifications", limit=1)
        except ConnectorError as error:
            return f"Mentions cannot be read now: {error.sentence}"
        return "Mentions can be read, the private ones among them."

    def fetch(self, access: AccountAccess, cursor: dict[str, Any]) -> Iterator[Page]:
        """Yield what is new."""
        client = Client(access)
        return fetch_pages(client, Own(client.own_id, client.host), cursor)

    def send(self, access: AccountAccess, outgoing: Outgoing) -> Receipt:
        """Send a reply, once."""
        return sending.send(Client(access), outgoing)

    def find_sent(self, access: AccountAccess, outgoing: Outgoing) -> Receipt | None:
        """Look whether the reply is on Mastodon."""
        return sending.find_sent(Client(access), outgoing)

    def fetch_file(self, access: AccountAccess, source: str) -> tuple[bytes, str]:
        """Fetch a picture or film from the hosts of our own server."""
        return fetch_over_http(source, config.list_file_hosts(access.config), name=config.NAME)


def read_instance(client: Client) -> dict[str, Any]:
    """Return what the server says of itself; nothing where it is too old to say it."""
    try:
        return client.read("/api/v2/instance")
    except ParentGone:
        return {}


def list_media_hosts(me: dict[str, Any], instance: dict[str, Any]) -> list[str]:
    """Return where the server keeps its files, as its own pictures tell."""
    addresses = (me.get("avatar"), me.get("header"), read_dict(instance, "thumbnail").get("url"))
    hosts = {urlsplit(one).hostname or "" for one in addresses if isinstance(one, str)}
    return sorted(host for host in hosts if config.HOST.fullmatch(host))


CONNECTOR = MastodonConnector()
