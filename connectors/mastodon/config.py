"""What Mastodon allows and asks for, and the guided set-up (contract section 8)."""

import re
from dataclasses import replace
from typing import Any

from connectors.contract import AccountAccess, Setup, SetupField
from connectors.errors import InvalidContent
from inbox.capabilities import MEGABYTE, Capabilities, FileKind, FileRules

NAME = "Mastodon"
PAGE_ITEMS, OWN_ITEMS = 80, 40
MOST_PAGES = 50
FIRST_REACH_SECONDS = 86_400
# Ids are given before they are stored, so a lower one can appear a little later: so many are read again.
OVERLAP_ITEMS = 20
# Edits and deletions of posts that nobody boosted are not told: young posts are looked at again.
LOOK_UP_SECONDS, LOOK_UP_AGE_SECONDS, MOST_YOUNG = 300, 3_600, 40
USUAL_LENGTH, ADDRESS_LENGTH = 500, 23
# The name of whoever is answered stands in front of every reply and counts: room for the longest local name.
NAME_ROOM = 32
# Of 300 requests in five minutes: below so many left the account is polled less often.
FEW_LEFT, SLOW_DOWN = 60, 4

HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")

PICTURES = FileRules(
    most=4,
    kinds=(FileKind(("image/jpeg", "image/png", "image/gif", "image/webp"), 8 * MEGABYTE),),
    alternative=True,
)

CAPABILITIES = Capabilities(
    public=True,
    private=True,
    attachments=True,
    public_length=USUAL_LENGTH - NAME_ROOM,
    private_length=USUAL_LENGTH - NAME_ROOM,
    length_rule="linked",
    address_weight=ADDRESS_LENGTH,
    icon="waypoints",
    label=NAME,
    public_files=PICTURES,
    private_files=PICTURES,
    triage_channel="mastodon",
    public_word="Public reply",
    private_word="Private mention",
)

SETUP = Setup(
    title="Connect a Mastodon account",
    steps=(
        "Sign in to your Mastodon server with the account that shall answer the public.",
        "Under Preferences, Development, make a new application.",
        "Give it these scopes and no others: read:accounts, read:notifications, read:statuses, "
        "write:statuses, write:media.",
        "Open the application and paste its access token below. It is stored encrypted and not shown again.",
    ),
    fields=(
        SetupField("server", "Server", help="The address of your server, such as mastodon.social."),
        SetupField("access_token", "Access token", secret=True),
        SetupField(
            "file_hosts",
            "Servers of files",
            help="Only where pictures stay away: the hosts from which your server gives files, with commas "
            "between them.",
            required=False,
        ),
    ),
)


def describe_capabilities(access: AccountAccess) -> Capabilities:
    """Return what the account can do, with its own server's length."""
    length = max(1, read_length(access.config) - NAME_ROOM)
    return replace(CAPABILITIES, public_length=length, private_length=length)


def read_length(config: dict[str, Any]) -> int:
    """Return how many characters the server takes, as it said when the account was connected."""
    said = config.get("max_characters")
    return said if isinstance(said, int) and said > 0 else USUAL_LENGTH


def read_host(text: str) -> str:
    """Return the server's name from what was typed: a name, an address or a handle. Raises InvalidContent."""
    bare = text.strip().lower().removeprefix("https://").rpartition("@")[2].partition("/")[0]
    if not HOST.fullmatch(bare):
        raise InvalidContent("The server must be a name such as mastodon.social.", code="server")
    return bare


def list_file_hosts(config: dict[str, Any]) -> tuple[str, ...]:
    """Return from where files may be fetched: the server, what lies beneath it, what was typed or learned."""
    host = read_host(str(config.get("server") or ""))
    typed = [one.strip().lower() for one in str(config.get("file_hosts") or "").split(",")]
    learned = [str(one) for one in config.get("media_hosts") or []]
    return (host, f".{host}", *(one for one in (*typed, *learned) if HOST.fullmatch(one)))
