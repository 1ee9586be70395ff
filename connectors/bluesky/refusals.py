"""What Bluesky says no with: a name beside the status, never the message (contract section 7)."""

import json
from datetime import UTC, datetime, timedelta

import requests

from connectors import errors

WINDOW = timedelta(minutes=5)
EXPIRED = {"ExpiredToken", "InvalidToken", "AuthMissing"}
REVOKED = {
    "AuthenticationRequired": "Bluesky does not accept the handle and the app password.",
    "AuthFactorTokenRequired": "Bluesky asks for a code. Use an app password, not the account's own.",
    "AccountTakedown": "Bluesky has taken our account down.",
    "AccountSuspended": "Bluesky has suspended our account.",
    "AccountDeactivated": "Our Bluesky account is switched off.",
}
GONE = {"RecordNotFound", "NotFound", "InvalidConvo", "RecipientNotFound", "ReplyTargetNotFound"}
FORBIDDEN = {
    "BlockedActor": "One of you has blocked the other.",
    "BlockedByActor": "This person has blocked our account.",
    "BlockedSubject": "Our account has blocked this person.",
    "MessagesDisabled": "This person takes no chat messages.",
    "NotFollowedBySender": "This person takes chat messages only from accounts that they follow.",
    "ConvoLocked": "This chat is locked.",
}
NOT_COVERED = {"Forbidden", "InsufficientScope", "ScopeMissing", "MethodNotImplemented"}


def explain_refusal(response: requests.Response, *, writing: bool) -> errors.ConnectorError:
    """Return the meaning of an answer that is not a success."""
    status, name = response.status_code, read_name(response)
    code = f"{status}/{name}" if name else str(status)
    if name in EXPIRED:
        return errors.AuthExpired("Bluesky does not accept this session any more.", code=code)
    if name in REVOKED:
        return errors.AuthRevoked(REVOKED[name], code=code)
    if status == 429:
        return errors.RateLimited("Bluesky asks us to wait.", until=read_reset(response), code=code)
    if name in GONE:
        return errors.ParentGone("Bluesky does not find the post or the person any more.", code=code)
    if name in FORBIDDEN:
        return errors.NotPermitted(FORBIDDEN[name], code=code)
    if name in NOT_COVERED:
        return errors.PermissionMissing("The app password does not cover this.", code=code)
    return explain_status(status, code, writing=writing)


def explain_status(status: int, code: str, *, writing: bool) -> errors.ConnectorError:
    """Return the meaning of a refusal whose name says nothing more."""
    if status >= 500:
        kind = errors.UnknownOutcome if writing else errors.Transient
        return kind("Bluesky has a fault of its own.", code=code)
    if status == 401:
        return errors.AuthExpired("Bluesky does not accept this session any more.", code=code)
    if status == 403:
        return errors.PermissionMissing("Bluesky does not let our account do this.", code=code)
    if status == 404:
        return errors.ParentGone("Bluesky does not find this any more.", code=code)
    return errors.InvalidContent("Bluesky did not accept the request.", code=code)


def read_name(response: requests.Response) -> str:
    """Return the error's name, empty where there is none (a proxy's page)."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return ""
    name = body.get("error") if isinstance(body, dict) else None
    return name if isinstance(name, str) and len(name) < 60 else ""


def read_reset(response: requests.Response) -> datetime:
    """Return when requests are allowed again: seconds since 1970; a day's allowance can be the empty one."""
    now = datetime.now(UTC)
    said = response.headers.get("ratelimit-reset", "")
    if not (said.isascii() and said.isdigit() and len(said) < 12):
        return now + WINDOW
    until = datetime.fromtimestamp(int(said), UTC)
    return min(max(until, now + timedelta(seconds=1)), now + timedelta(days=1))


def read_left(response: requests.Response | None) -> int | None:
    """Return how many requests are left in this window; None where it is not said."""
    said = response.headers.get("ratelimit-remaining", "") if response is not None else ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
