"""X's web hooks: the challenge, and what happened, signed over the bytes that go (contract section 1.9)."""

import base64
import hashlib
import hmac
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.accounts import CONSUMER_SECRET, X
from sandbox.ids import milliseconds
from sandbox.world import World
from sandbox.x.asked import Wanted
from sandbox.x.expansions import Expansions
from sandbox.x.schema import Message, Post
from sandbox.x.shapes import Shapes

_SECONDS = 10
_ALL = Wanted(
    tweet=frozenset(
        {
            "author_id",
            "created_at",
            "conversation_id",
            "in_reply_to_user_id",
            "referenced_tweets",
            "attachments",
        }
        | {"entities", "note_tweet", "edit_controls", "geo"}
    ),
    user=frozenset({"name", "username", "protected"}),
    media=frozenset({"url", "alt_text"}),
    expansions=frozenset({"author_id", "referenced_tweets.id", "attachments.media_keys"}),
)


@dataclass(frozen=True, kw_only=True)
class Order:
    """Which happenings are told (journal numbers above `since`), and how badly."""

    since: int = 0
    times: int = 1
    reverse: bool = False
    wrong_signature: bool = False


def deliveries(world: World, order: Order) -> list[dict[str, Any]]:
    """The calls, oldest first: `body` as text and `headers`. One event a call, as X has it."""
    entries = [one for one in world.journal.since(order.since, 5_000, channel=X) if one.kind == "written"]
    told = [event for entry in entries for event in _tell(world, entry.data)]
    if order.reverse:
        told.reverse()
    secret = "another secret" if order.wrong_signature else CONSUMER_SECRET
    made: list[dict[str, Any]] = []
    for event in told:
        body = json.dumps({"data": event}, separators=(",", ":"))
        headers = {"content-type": "application/json", "x-twitter-webhooks-signature": sign(secret, body)}
        made += [{"body": body, "headers": headers}] * order.times
    return made


def sign(secret: str, text: str) -> str:
    """`sha256=` and the base64 of the HMAC."""
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


def challenge(to: str) -> bool:
    """Whether the address answers a CRC rightly. ValueError: not on this machine."""
    token = secrets.token_urlsafe(24)
    _check(to)
    try:
        with urllib.request.urlopen(f"{to}?crc_token={token}", timeout=_SECONDS) as answer:  # noqa: S310 - checked
            said = json.loads(answer.read(10_000))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and said.get("response_token") == sign(CONSUMER_SECRET, token)


def send(to: str, calls: list[dict[str, Any]]) -> list[int]:
    """Make the calls; gives the statuses, 0 where there was no answer. ValueError: not on this machine."""
    _check(to)
    return [_call(to, call) for call in calls]


def _check(to: str) -> None:
    parts = urlsplit(to)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError("Web hooks go to http addresses on this machine only.")


def _call(to: str, call: dict[str, Any]) -> int:
    request = urllib.request.Request(to, call["body"].encode(), call["headers"], method="POST")  # noqa: S310 - checked
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - checked
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _tell(world: World, what: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of one happening, one for each account of the force that it concerns."""
    kind, identity = str(what.get("what")), int(what.get("id") or 0)
    if kind == "message":
        message = world.x.messages.get(identity)
        return [] if message is None else [_event("dm.received", message.account_id, _talk(world, message))]
    post = world.x.posts.get(identity)
    if post is None or kind not in ("post", "edit", "delete") or world.x.user(post.author_id).protected:
        return []
    if kind == "delete":
        payload = {"id": str(post.first_id), "author_id": str(post.author_id)}
        return [_event("post.delete", account, payload) for account in _concerned(world, post)]
    shapes = Shapes(world.x)
    parts = Expansions(world.x, shapes).of_posts([post], _ALL)
    return [
        _event(_name(world, post, account), account, shapes.post(post, _ALL), parts.get("includes"))
        for account in _concerned(world, post)
    ]


def _name(world: World, post: Post, account: int) -> str:
    if post.quoted_id is not None:
        return "post.quote.create"
    named = world.x.posts.mentions_user(post.id, account)
    return "post.mention.create" if named else "post.reply.create"


def _concerned(world: World, post: Post) -> list[int]:
    """The force's accounts that are mentioned, answered or quoted."""
    others = [post.parent_id, post.quoted_id]
    beside = [found for found in (world.x.posts.get(one) for one in others if one) if found]
    accounts = [int(account.id) for account in world.accounts.all(X)]
    return [
        account
        for account in accounts
        if world.x.posts.mentions_user(post.id, account) or account in {one.author_id for one in beside}
    ]


def _event(kind: str, account: int, payload: dict[str, Any], includes: Any = None) -> dict[str, Any]:
    event = {
        "event_uuid": secrets.token_hex(8),
        "filter": {"user_id": str(account)},
        "event_type": kind,
        "payload": payload,
    }
    return event | ({"includes": includes} if includes else {})


def _talk(world: World, message: Message) -> dict[str, Any]:
    """A private message in the older form that X still tells."""
    sender = world.x.user(message.sender_id)
    said = {
        "target": {"recipient_id": str(message.account_id)},
        "sender_id": str(sender.id),
        "message_data": {"text": message.text},
    }
    if "-" not in message.conversation_id:
        said.pop("target")
    event = {
        "type": "message_create",
        "id": str(message.id),
        "created_timestamp": str(milliseconds(message.created_at)),
        "message_create": said,
    }
    users = {str(sender.id): {"id": str(sender.id), "name": sender.name, "screen_name": sender.username}}
    return {"direct_message_events": [event], "users": users}
