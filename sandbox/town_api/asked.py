"""What a script sends to the town, checked; every complaint is one sentence."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any, Literal

from starlette.requests import Request

from sandbox.mail import Attachment
from sandbox.world import More

_MOST_ITEMS = 5_000
_MOST_BYTES = 200_000_000
_KNOWN = frozenset(
    {"author", "text", "in_reply_to", "subject", "to", "created_at", "attachments", "mention", "late"}
    | {"protected", "place", "quotes", "group"}
)

_TEXTS: tuple[Literal["to", "place", "quotes", "group"], ...] = ("to", "place", "quotes", "group")
_FLAGS: tuple[Literal["mention", "late", "protected"], ...] = ("mention", "late", "protected")


class Bad(ValueError):
    """The request cannot be followed; the text says why."""


async def body(request: Request) -> Any:
    """The JSON of a request; an empty one is an empty object. Bad: it is none, or too large."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _MOST_BYTES:
            raise Bad("The request is larger than 200 MB.")
    if not content.strip():
        return {}
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Bad("The request body is not valid JSON.") from None


async def an_object(request: Request) -> dict[str, Any]:
    """Bad: not a JSON object."""
    found = await body(request)
    if not isinstance(found, dict):
        raise Bad("The request body must be a JSON object.")
    return found


def items(found: Any) -> list[dict[str, Any]]:
    """The things to write of a batch. Bad: not a list of objects, or more than 5,000."""
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Bad("A batch must be a list of JSON objects.")
    if len(found) > _MOST_ITEMS:
        raise Bad(f"A batch holds at most {_MOST_ITEMS} items.")
    return found


def known(item: dict[str, Any]) -> None:
    """Bad: a member that nobody reads, most likely a slip of the pen."""
    for name in item:
        if name not in _KNOWN:
            raise Bad(f"{name!r} is not known here; known are {', '.join(sorted(_KNOWN))}.")


def text_of(item: dict[str, Any], name: str, default: str | None = None) -> str:
    """Bad: absent (without a default), or not text."""
    value = item.get(name, default)
    if value is None:
        raise Bad(f"{name!r} is missing.")
    if not isinstance(value, str):
        raise Bad(f"{name!r} must be text.")
    return value


def maybe_text(item: dict[str, Any], name: str) -> str | None:
    return None if item.get(name) is None else text_of(item, name)


def more(item: dict[str, Any]) -> More:
    """What is said besides author and text. Bad: a member of the wrong kind."""
    made: More = {}
    for name in _TEXTS:
        if item.get(name) is not None:
            made[name] = text_of(item, name)
    if item.get("created_at") is not None:
        made["created_at"] = moment(item["created_at"], "created_at")
    if item.get("attachments"):
        made["attachments"] = tuple(_attachment(each) for each in _listed(item["attachments"]))
    for flag in _FLAGS:
        if flag in item:
            made[flag] = _flag(item, flag)
    return made


def moment(value: Any, name: str) -> datetime:
    """ISO 8601; UTC when it names no offset. Bad: anything else."""
    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise Bad(f"{name!r} must be a time such as 2026-11-22T19:30:00Z.") from None


def number(value: Any, name: str, least: float, most: float) -> float:
    """Bad: no number, or outside its range."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Bad(f"{name!r} must be a number from {least:g} to {most:g}.")
    return float(value)


def query_number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None or not text:
        return default
    if not text.isdecimal() or int(text[:18]) > most:
        raise Bad(f"{name!r} must be a whole number from 0 to {most}.")
    return int(text)


def _flag(item: dict[str, Any], name: str) -> bool:
    if not isinstance(item[name], bool):
        raise Bad(f"{name!r} must be true or false.")
    return bool(item[name])


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Bad("'attachments' must be a list.")
    return value


def _attachment(value: Any) -> Attachment:
    if not isinstance(value, dict):
        raise Bad('An attachment is {"name", "type", "base64"}.')
    try:
        content = base64.b64decode(text_of(value, "base64"), validate=True)
    except (binascii.Error, ValueError):
        raise Bad("'base64' of an attachment cannot be decoded.") from None
    return Attachment(name=text_of(value, "name"), type=text_of(value, "type"), content=content)
