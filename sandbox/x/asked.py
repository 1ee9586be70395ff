"""What a caller of X asked for: fields, expansions, the part of a list, checked."""

import binascii
import re
from base64 import b32decode, b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.accounts import Account
from sandbox.media import Media
from sandbox.serving.call import Call, Refused
from sandbox.x import errors
from sandbox.x.posts import Span

_ID = re.compile(r"[0-9]{1,19}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z")
_FIELDS = (
    "tweet.fields",
    "post.fields",
    "user.fields",
    "media.fields",
    "place.fields",
    "dm_event.fields",
    "poll.fields",
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Names of fields by kind of object, and the expansions."""

    tweet: frozenset[str] = frozenset()
    user: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset()
    place: frozenset[str] = frozenset()
    dm_event: frozenset[str] = frozenset()
    expansions: frozenset[str] = frozenset()


def wanted(call: Call) -> Wanted:
    """Both spellings of August 2026 are taken (contract section 1.4): tweet.fields and post.fields."""
    new = {"referenced_posts": "referenced_tweets", "note_post": "note_tweet"}
    tweet = _names(call, "tweet.fields") | _names(call, "post.fields")
    expansions = {
        name.replace("referenced_posts", "referenced_tweets") for name in _names(call, "expansions")
    }
    return Wanted(
        tweet=frozenset(new.get(name, name) for name in tweet),
        user=_names(call, "user.fields"),
        media=_names(call, "media.fields"),
        place=_names(call, "place.fields"),
        dm_event=_names(call, "dm_event.fields"),
        expansions=frozenset(expansions),
    )


def caller(call: Call) -> Account:
    """The account that calls. Refused: an app alone."""
    if call.account is None:
        raise Refused(errors.app_only("It needs a user."))
    return call.account


def known_only(call: Call, *names: str) -> None:
    """Refused: a query parameter that the endpoint does not have."""
    allowed = {*names, *_FIELDS, "expansions"}
    for name, value in call.query.items():
        if name not in allowed:
            listed = ",".join(sorted(allowed))
            raise Refused(
                errors.invalid(name, value, f"The query parameter [{name}] is not one of [{listed}]")
            )


def identity(call: Call, name: str) -> int:
    """An id in the path. Refused: it is no id."""
    return checked_id(name, call.path[name])


def checked_id(name: str, value: Any) -> int:
    """Refused: `value` is no id of X."""
    text = value if isinstance(value, str) else ""
    if not _ID.fullmatch(text):
        raise Refused(
            errors.invalid(
                name, value, f"The `{name}` query parameter value [{value}] does not match ^[0-9]{{1,19}}$"
            )
        )
    return int(text)


def count(call: Call, least: int, most: int, default: int) -> int:
    """max_results. Refused: outside what the endpoint allows."""
    text = call.query.get("max_results")
    if text is None:
        return default
    if not text.isdecimal() or not least <= int(text[:9]) <= most:
        message = f"The `max_results` query parameter value [{text}] is not between {least} and {most}"
        raise Refused(errors.invalid("max_results", text, message))
    return int(text)


def span(call: Call, limit: int, reach: int, page: str = "pagination_token") -> Span:
    """The part of a timeline; one post more than `limit` is read to know whether a next page exists."""
    until = _optional_id(call, "until_id")
    turned = page_end(call, page)
    if turned is not None:
        until = turned if until is None else min(until, turned)
    return Span(
        since_id=_optional_id(call, "since_id"),
        until_id=until,
        start=_time(call, "start_time"),
        end=_time(call, "end_time"),
        limit=limit + 1,
        reach=reach,
    )


def page_token(last_id: int) -> str:
    """An opaque token for the page below `last_id`."""
    return "7140" + b32encode(str(last_id).encode()).decode().rstrip("=").lower()


def page_end(call: Call, name: str) -> int | None:
    """The id a page token stands for. Refused: the token is not ours."""
    token = call.query.get(name)
    if token is None:
        return None
    packed = token.removeprefix("7140").upper()
    try:
        text = b32decode(packed + "=" * (-len(packed) % 8)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not _ID.fullmatch(text):
        raise Refused(
            errors.invalid(name, token, f"The `{name}` query parameter value [{token}] is not valid")
        )
    return int(text)


def text(form: dict[str, Any]) -> str:
    """The text of a body, empty when absent. Refused: it is no text."""
    found = form.get("text", "")
    if not isinstance(found, str):
        raise Refused(errors.invalid("text", found, "$.text: must be a string"))
    return found


def known_media(media: Media, value: Any) -> int:
    """The id of something uploaded before. Refused: there is no such thing."""
    found = checked_id("media_id", value)
    if media.get(found) is None:
        raise Refused(errors.problem(400, "Your media IDs are invalid.", title="Invalid Request"))
    return found


def _names(call: Call, parameter: str) -> frozenset[str]:
    return frozenset(name.strip() for name in call.query.get(parameter, "").split(",") if name.strip())


def _optional_id(call: Call, name: str) -> int | None:
    value = call.query.get(name)
    return None if value is None else checked_id(name, value)


def _time(call: Call, name: str) -> datetime | None:
    text = call.query.get(name)
    if text is None:
        return None
    if not _TIME.fullmatch(text):
        raise Refused(
            errors.invalid(name, text, f"The `{name}` query parameter value [{text}] is not a valid time")
        )
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
