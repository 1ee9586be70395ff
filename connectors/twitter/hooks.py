"""X's web hooks: the challenge, the signature, and what an event tells (contract section 1.9)."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from connectors.contract import AccountAccess, HookAnswer, HookCall, HookNews
from connectors.reading import Malformed, read_dict, read_id, read_list
from connectors.twitter.items import read_items
from connectors.twitter.parse import Own, parse_message, parse_post
from connectors.twitter.young import mark_deleted
from inbox.incoming import Incoming, Unreadable

SIGNATURE = "x-twitter-webhooks-signature"
# The challenge is answered with the very key that signs events. What could be an event's body is therefore
# never signed for anybody who asks: a token holds neither a brace nor a quotation mark.
TOKEN = re.compile(r"[A-Za-z0-9_=+/.\-]{1,200}")
POSTS = {"post.mention.create", "post.reply.create", "post.quote.create", "post.create"}
Items = tuple[Incoming | Unreadable, ...]


def describe_hook(access: AccountAccess) -> tuple[str, ...]:
    """Return what to do in X's developer console."""
    needed = "First connect this account again with the API key's secret: X signs its events with it."
    missing = () if access.secrets.get("consumer_secret") else (needed,)
    return (
        *missing,
        "In the X developer console, register a web hook for the app whose API key this account uses, with "
        "the address below. X checks it at once, and again every hour.",
        "Subscribe this account to mentions, replies, quotes, deletions and private messages.",
        "Each event costs what a read costs. Without web hooks the desk asks X itself.",
    )


def answer_challenge(access: AccountAccess, call: HookCall) -> HookAnswer | None:
    """Return X's CRC answer, signed with the API key's secret."""
    token, secret = call.query.get("crc_token", ""), access.secrets.get("consumer_secret", "")
    if not secret or not TOKEN.fullmatch(token):
        return None
    answer = {"response_token": sign(secret, token.encode("ascii"))}
    return HookAnswer(json.dumps(answer).encode("ascii"), "application/json")


def is_genuine(access: AccountAccess, call: HookCall) -> bool:
    """Say whether the body was signed with the API key's secret; without that secret nothing is."""
    # While a key is being replaced, X may sign with either.
    names = ("consumer_secret", "former_consumer_secret")
    known = [access.secrets[name] for name in names if access.secrets.get(name)]
    if not call.body.lstrip().startswith(b"{"):
        return False
    given = call.headers.get(SIGNATURE, "").encode()
    return any([hmac.compare_digest(sign(secret, call.body).encode(), given) for secret in known])


def sign(secret: str, content: bytes) -> str:
    """Return `sha256=` and the base64 of the HMAC over the raw bytes."""
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode('ascii')}"


def read_hook(own: Own, body: bytes) -> HookNews:
    """Read one event. Posts and pairs' messages are items; what is not understood only wakes the poll.

    Raises Malformed when it is no JSON object.
    """
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("The web hook's body is no JSON.") from error
    if not isinstance(envelope, dict):
        raise Malformed("The web hook's body is no object.")
    event = read_dict(envelope, "data")
    kind, payload = str(event.get("event_type") or ""), read_dict(event, "payload")
    if not concerns(event, own):
        return HookNews()
    readers: dict[str, Callable[[], Items]] = {
        **dict.fromkeys(POSTS, lambda: read_post(payload, read_dict(event, "includes"), own)),
        "post.delete": lambda: read_deletion(payload, own),
        "dm.received": lambda: read_messages(payload, own),
        "dm.sent": lambda: read_messages(payload, own),
    }
    return HookNews(readers[kind]() if kind in readers else (), wake=True)


def concerns(event: dict[str, Any], own: Own) -> bool:
    """Say whether the event is about this account: one app may serve several."""
    user = str(read_dict(event, "filter").get("user_id") or own.id)
    return user == own.id


def read_post(payload: dict[str, Any], includes: dict[str, Any], own: Own) -> Items:
    """Return the post of an event; it has the same shape as one that was asked for."""
    post = read_dict(payload, "data") or payload
    beside = read_dict(payload, "includes") or includes
    answer = {"data": [post], "includes": beside, "errors": payload.get("errors") or []}
    answer["_text"] = json.dumps({"data": [post]})
    found = read_items(answer, "mentions", partial(parse_post, own=own))
    # What the event does not tell is not known to be missing: X names the author's names only in includes.
    return tuple(one.item for one in found)


def read_deletion(payload: dict[str, Any], own: Own) -> Items:
    """Return the mark of a deletion; of our own posts there is nothing to say."""
    post = read_dict(payload, "data") or payload
    identity, author = read_id(post), str(post.get("author_id") or post.get("user_id") or "")
    if author == own.id:
        return ()
    return (mark_deleted(identity, identity, f"post:{identity}:{author}", author or "unknown").item,)


def read_messages(payload: dict[str, Any], own: Own) -> Items:
    """Return the messages of an event, which come in the older form; groups are left to polling."""
    found: list[Incoming | Unreadable] = []
    for event in read_list(payload, "direct_message_events"):
        new = renew_message(event)
        if new is not None:
            answer = {"data": [new], "includes": name_users(payload), "meta": {}}
            answer["_text"] = json.dumps({"data": [new]})
            found += [one.item for one in read_items(answer, "dm", partial(parse_message, own=own))]
    return tuple(replace(one, raw=json.dumps(payload).encode()) for one in found)


def renew_message(event: dict[str, Any]) -> dict[str, Any] | None:
    """Return an older event as X's present form has it; None for what is not one person's word to another."""
    told = read_dict(event, "message_create")
    data, to = read_dict(told, "message_data"), read_dict(told, "target").get("recipient_id")
    if event.get("type") != "message_create" or not to or read_dict(data, "attachment"):
        return None
    sender, stamp = read_id(told, "sender_id"), str(event.get("created_timestamp") or "")
    first, second = sorted((sender, str(to)), key=int)
    made = {"id": read_id(event), "event_type": "MessageCreate", "text": data.get("text")}
    made |= {"sender_id": sender, "dm_conversation_id": f"{first}-{second}"}
    if stamp.isascii() and stamp.isdigit() and len(stamp) < 15:
        made["created_at"] = datetime.fromtimestamp(int(stamp) / 1000, UTC).isoformat()
    return made


def name_users(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the older form's users as the present form has them."""
    users = read_dict(payload, "users")
    made = [
        {"id": key, "name": one.get("name"), "username": one.get("screen_name")}
        for key, one in users.items()
        if isinstance(one, dict)
    ]
    return {"users": made}
