"""What Bluesky allows and asks for, and the guided set-up (contract section 7)."""

import re

from connectors.contract import Setup, SetupField
from connectors.errors import InvalidContent
from inbox.capabilities import MEGABYTE, Capabilities, FileKind, FileRules

NAME = "Bluesky"
POSTS = "app.bsky.feed.post"
CHAT = "did:web:api.bsky.chat#bsky_chat"
MEDIA_HOSTS = ("cdn.bsky.app", "video.bsky.app")
PICTURE = "https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{cid}@jpeg"

PAGE_ITEMS, MOST_PAGES = 100, 60
ASK_POSTS = 25
FIRST_REACH_SECONDS, OVERLAP_SECONDS = 86_400, 60
# Deletions are not told: young posts are looked at again every so often.
LOOK_UP_SECONDS, LOOK_UP_AGE_SECONDS, MOST_RECENT = 300, 3_600, 300
# How long the chat is left alone when the app password does not cover it.
CHAT_PAUSE_SECONDS = 900.0
# What a device says of the time may differ so much from when it arrived before people are told.
DOUBT_SECONDS = 3_600
FEW_LEFT, SLOW_DOWN = 300, 4

HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")

CAPABILITIES = Capabilities(
    public=True,
    private=True,
    attachments=True,
    public_length=300,
    private_length=1_000,
    length_rule="graphemes",
    icon="cloud",
    label=NAME,
    public_files=FileRules(
        most=4, kinds=(FileKind(("image/jpeg", "image/png"), MEGABYTE),), alternative=True
    ),
    triage_channel="bluesky",
    public_word="Public reply",
    private_word="Chat message",
)

SETUP = Setup(
    title="Connect a Bluesky account",
    steps=(
        "Sign in to Bluesky with the account that shall answer the public.",
        "Under Settings, Privacy and security, App passwords, make a new one for the desk.",
        "Tick the box that allows access to direct messages, or the chat stays unread.",
        "Under Chat settings, allow new messages from everyone, so that strangers can write to you.",
        "Paste the app password below, never the account's own. It is stored encrypted.",
    ),
    fields=(
        SetupField("handle", "Handle", help="The account's name, such as police.example.org."),
        SetupField("app_password", "App password", secret=True),
        SetupField(
            "server",
            "Server",
            help="Leave this as it is unless the account lives on a server of your own.",
            initial="bsky.social",
        ),
    ),
)


def read_host(text: str) -> str:
    """Return the server's name from what was typed. Raises InvalidContent."""
    bare = text.strip().lower().removeprefix("https://").partition("/")[0]
    if not HOST.fullmatch(bare):
        raise InvalidContent("The server must be a name such as bsky.social.", code="server")
    return bare
