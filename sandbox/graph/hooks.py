"""Meta's web hooks: what happened, told as Meta tells it, signed as the bytes go (contract section 2.8)."""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.accounts import APP_SECRET, FACEBOOK
from sandbox.graph.schema import Message, Thing
from sandbox.ids import milliseconds
from sandbox.world import World

_MOST_CHANGES = 1_000
_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Order:
    """Which happenings are told (journal numbers above `since`), and how badly."""

    since: int = 0
    times: int = 1
    reverse: bool = False
    apart: bool = False
    numeric: bool = False
    wrong_signature: bool = False


def deliveries(world: World, order: Order) -> list[dict[str, Any]]:
    """The calls, oldest first: `body` as text and `headers`. A batch holds up to 1,000 changes."""
    told = [event for entry in _happenings(world, order.since) for event in _tell(world, entry)]
    if order.reverse:
        told.reverse()
    size = 1 if order.apart else _MOST_CHANGES
    made: list[dict[str, Any]] = []
    for start in range(0, len(told), size):
        body = json.dumps(_batch(told[start : start + size], order.numeric), separators=(",", ":"))
        secret = "another secret" if order.wrong_signature else APP_SECRET
        digest = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
        headers = {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}
        made += [{"body": body, "headers": headers}] * order.times
    return made


def send(to: str, calls: list[dict[str, Any]]) -> list[int]:
    """Make the calls; gives the statuses, 0 where there was no answer. ValueError: not on this machine."""
    parts = urlsplit(to)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError("Web hooks go to http addresses on this machine only.")
    return [_call(to, call) for call in calls]


def _call(to: str, call: dict[str, Any]) -> int:
    request = urllib.request.Request(to, call["body"].encode(), call["headers"], method="POST")  # noqa: S310 - http only
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - http only, see send
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _happenings(world: World, since: int) -> list[dict[str, Any]]:
    entries = world.journal.since(since, 5_000, channel=FACEBOOK)
    return [entry.data for entry in entries if entry.kind in ("written", "accepted")]


def _tell(world: World, what: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(page, "changes" or "messaging", event) of one happening; nothing for what Meta does not tell."""
    verbs = {"post": "add", "comment": "add", "reply": "add", "page_post": "add", "edit": "edited"}
    kind, identity = str(what.get("what")), str(what.get("id"))
    if kind == "mention":
        value = {"item": "post", "verb": "add", "post_id": identity, "message": what.get("text")}
        return [(str(what["page_id"]), "changes", {"field": "mention", "value": value})]
    if kind in verbs or kind == "delete":
        thing = world.facebook.things.get(identity)
        return [] if thing is None else [(thing.page_id, "changes", _change(world, thing, verbs.get(kind)))]
    if kind == "message_deleted":
        return [(str(what["page_id"]), "messaging", _talked(what, {"mid": identity, "is_deleted": True}))]
    message = world.facebook.messages.get(identity)
    talk = None if message is None else world.facebook.messages.conversation(f"t_{message.conversation}")
    if message is None or talk is None:
        return []
    sides = {"page_id": talk.page_id, "person_id": str(talk.user_id), "at": milliseconds(message.created_at)}
    if kind == "message_edited":
        said = {"mid": message.id, "text": message.text, "num_edit": 1}
        return [(talk.page_id, "messaging", _talked(sides, said, "message_edit"))]
    return [(talk.page_id, "messaging", _talked(sides, _said(message), from_page=message.from_page))]


def _change(world: World, thing: Thing, verb: str | None) -> dict[str, Any]:
    is_comment = thing.kind == "comment"
    value: dict[str, Any] = {
        "item": "comment" if is_comment else "status",
        "verb": verb or "remove",
        "post_id": thing.post_id,
        "from": world.facebook.who(thing.from_id),
        "created_time": milliseconds(thing.created_at) // 1000,
    }
    if is_comment:
        value |= {"comment_id": thing.id, "parent_id": thing.parent_id or thing.post_id}
    if verb:
        value["message"] = thing.message
    return {"field": "feed", "value": value}


def _said(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"mid": message.id}
    if message.text:
        said["text"] = message.text
    if message.from_page:
        said |= {"is_echo": True, "app_id": 1, "metadata": message.metadata}
    return said


def _talked(
    sides: dict[str, Any], said: dict[str, Any], key: str = "message", *, from_page: bool = False
) -> dict[str, Any]:
    page, person = {"id": sides["page_id"]}, {"id": sides["person_id"]}
    sender, recipient = (page, person) if from_page else (person, page)
    return {"sender": sender, "recipient": recipient, "timestamp": sides.get("at", 0), key: said}


def _batch(told: list[tuple[str, str, dict[str, Any]]], numeric: bool) -> dict[str, Any]:
    """One body: an entry for each page and kind. `numeric`: ids of pages and people as numbers."""
    entries: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for page, kind, event in told:
        entries.setdefault((page, kind), []).append(event)
    made = [{"id": page, "time": 1_449_135_003, kind: events} for (page, kind), events in entries.items()]
    body: dict[str, Any] = {"object": "page", "entry": made}
    return _numbers(body) if numeric else body


def _numbers(node: Any) -> Any:
    if isinstance(node, list):
        return [_numbers(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: int(value) if name == "id" and isinstance(value, str) and value.isdecimal() else _numbers(value)
        for name, value in node.items()
    }
