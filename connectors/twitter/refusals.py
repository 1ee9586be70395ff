"""What X says no with, and what that means (contract section 1.7); by status, code and title."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from connectors import errors

DUPLICATE, PARENT_GONE, RESTRICTED = 187, {385, 144}, {433, 349, 150, 354}
READ_ONLY, SUSPENDED, BAD_TOKEN = {453, 261}, {64, 326}, {89, 32}
QUARTER = timedelta(minutes=15)


def explain_refusal(response: requests.Response, *, writing: bool) -> errors.ConnectorError:
    """Return the meaning of an answer that is not a success."""
    status, body = response.status_code, read_body(response)
    code = f"{status}/{read_codes(body)[0]}" if read_codes(body) else str(status)
    if status >= 500:
        kind = errors.UnknownOutcome if writing else errors.Transient
        return kind("X has a fault of its own.", code=code)
    if status == 429:
        return explain_limit(response, body, code)
    if status == 403:
        return explain_forbidden(body, code)
    return {
        400: errors.InvalidContent("X did not accept the request.", code=code),
        401: errors.AuthExpired("X does not accept this connection.", code=code),
        402: errors.QuotaExhausted("The X credits are used up.", code=code),
        404: errors.ParentGone("X does not find the post or the person any more.", code=code),
    }.get(status, errors.InvalidContent(f"X refused the request with status {status}.", code=code))


def explain_forbidden(body: dict[str, Any], code: str) -> errors.ConnectorError:
    """Tell the many kinds of 403 apart; an unknown one is a rule of the platform that forbids the reply."""
    codes, detail = set(read_codes(body)), str(body.get("detail") or body.get("title") or "")
    if DUPLICATE in codes or "duplicate content" in detail:
        return errors.Duplicate("X says that this text was sent already.", code=code)
    if codes & PARENT_GONE or "deleted or not visible" in detail:
        return errors.ParentGone("The post was deleted or is hidden from our account.", code=code)
    if codes & SUSPENDED:
        return errors.AuthRevoked("X has locked or suspended our account.", code=code)
    if codes & READ_ONLY or "client-forbidden" in str(body.get("type", "")):
        return errors.PermissionMissing(
            "Our X app may not do this. Its access level must be raised.", code=code
        )
    if codes & BAD_TOKEN:
        return errors.AuthExpired("X does not accept this connection.", code=code)
    said = f" X says: {detail[:200]}" if detail else ""
    return errors.NotPermitted(f"X does not allow this reply.{said}", code=code)


def explain_limit(response: requests.Response, body: dict[str, Any], code: str) -> errors.ConnectorError:
    """Return until when to wait: the reset of the bucket that is empty, which can be the daily one."""
    if body.get("title") == "UsageCapExceeded":
        return errors.QuotaExhausted("The monthly X limit is used up.", code=code)
    until = datetime.now(UTC) + QUARTER
    for name in ("x-app-limit-24hour", "x-user-limit-24hour", "x-rate-limit"):
        left, reset = response.headers.get(f"{name}-remaining"), response.headers.get(f"{name}-reset")
        if left == "0" and reset and reset.isascii() and reset.isdigit() and len(reset) < 12:
            until = datetime.fromtimestamp(int(reset), UTC)
            break
    return errors.RateLimited("X asks us to wait.", until=until, code=code)


def read_body(response: requests.Response) -> dict[str, Any]:
    """Return the answer's JSON object; a proxy's HTML page gives an empty one."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def read_codes(body: dict[str, Any]) -> list[int]:
    """Return the old-style error codes, which some answers still carry."""
    found = body.get("errors")
    if not isinstance(found, list):
        return []
    return [
        entry["code"] for entry in found if isinstance(entry, dict) and isinstance(entry.get("code"), int)
    ]
