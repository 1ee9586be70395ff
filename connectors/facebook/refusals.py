"""What the Graph API says no with, and what that means (contract sections 2.6 and 3); by code and subcode."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from connectors import errors
from connectors.reading import read_dict

THROTTLED = {4, 17, 32, 341, 613, 80001, 80002, 80006}
GONE, ODD_DELIVERED = (100, 33), (1, 1357046)
UNREACHABLE = "This person cannot be reached on Messenger."
CLOSED: dict[tuple[int, int | None], str] = {
    (10, 2018278): "The time in which Messenger allows an answer is over.",
    (100, 2018001): UNREACHABLE,
    (200, 1545041): UNREACHABLE,
    (551, None): UNREACHABLE,
    (10900, None): "This was answered privately already; Facebook allows that once.",
}
# Why a token died, by subcode; a Page token has no cure but connecting again.
REVOKED = {
    458: " The app was removed from the Page.",
    459: " Whoever connected it must confirm something on Facebook.",
    460: " The password of whoever connected it was changed.",
    463: " Its time ran out.",
    464: " Whoever connected it must confirm something on Facebook.",
    467: " Whoever connected it has signed out.",
    492: " Whoever connected it has no role on the Page any more.",
}
DEFAULT_WAIT = timedelta(minutes=5)


def explain_refusal(
    error: dict[str, Any], last: requests.Response | None, *, writing: bool
) -> errors.ConnectorError:
    """Return the meaning of an `error` object; its own words are added where they are made for showing."""
    code, subcode = read_number(error, "code"), read_number(error, "error_subcode")
    name = f"{code}/{subcode}" if subcode else str(code)
    shown = str(error.get("error_user_msg") or "")[:300]
    if code in THROTTLED:
        return errors.RateLimited("Facebook asks us to wait.", until=read_regain(last), code=name)
    if (code, subcode) == ODD_DELIVERED or code in {0, 1, 2} or error.get("is_transient") is True:
        kind = errors.UnknownOutcome if writing else errors.Transient
        return kind("Facebook has a fault of its own.", code=name)
    return explain_code(code, subcode, name, shown)


def explain_code(code: int, subcode: int, name: str, shown: str) -> errors.ConnectorError:
    """Tell the lasting refusals apart."""
    if code in {102, 190}:
        why = REVOKED.get(subcode, "")
        return errors.AuthRevoked(f"Facebook does not accept this connection any more.{why}", code=name)
    closed = CLOSED.get((code, subcode)) or CLOSED.get((code, None))
    if closed:
        return errors.NotPermitted(closed, code=name)
    if code == 10 or 200 <= code <= 299:
        return errors.PermissionMissing("Our Facebook access does not cover this.", code=name)
    if (code, subcode) == GONE:
        return errors.ParentGone("The post or comment is gone or hidden from us.", code=name)
    said = f" Facebook says: {shown}" if shown else ""
    if code == 368:
        return errors.NotPermitted(f"Facebook has blocked this for a while.{said}", code=name)
    if code == 506:
        return errors.Duplicate("Facebook says that this text was sent already.", code=name)
    return errors.InvalidContent(f"Facebook did not accept the request.{said}", code=name)


def read_number(error: dict[str, Any], name: str) -> int:
    """Return a code as a number, 0 when it is none."""
    value = error.get(name)
    return value if isinstance(value, int) else 0


def read_regain(last: requests.Response | None) -> datetime:
    """Return when the platform lets us back in: it says so in minutes, five when it does not."""
    minutes = [read_number(entry, "estimated_time_to_regain_access") for entry in read_usage(last)]
    wait = timedelta(minutes=max(minutes)) if minutes and max(minutes) > 0 else DEFAULT_WAIT
    return datetime.now(UTC) + wait


def read_percent(last: requests.Response | None) -> int:
    """Return the fullest of the usage counters, in per cent of what is allowed."""
    names = ("call_count", "total_time", "total_cputime")
    return max((read_number(entry, name) for entry in read_usage(last) for name in names), default=0)


def read_usage(last: requests.Response | None) -> list[dict[str, Any]]:
    """Return the usage counters of an answer's headers."""
    if last is None:
        return []
    entries: list[dict[str, Any]] = []
    app = read_header(last, "x-app-usage")
    if app:
        entries.append(app)
    for group in read_header(last, "x-business-use-case-usage").values():
        entries += [entry for entry in group if isinstance(entry, dict)] if isinstance(group, list) else []
    return entries


def read_header(last: requests.Response, name: str) -> dict[str, Any]:
    """Return a header's JSON object, an empty one when it makes no sense."""
    try:
        return read_dict({"found": json.loads(last.headers.get(name, "{}"))}, "found")
    except ValueError:
        return {}
