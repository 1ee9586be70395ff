"""What a Mastodon server says no with, by status alone (contract section 8)."""

from datetime import UTC, datetime, timedelta

import requests

from connectors import errors

WINDOW = timedelta(minutes=5)


def explain_refusal(response: requests.Response, *, writing: bool) -> errors.ConnectorError:
    """Return the meaning of an answer that is not a success."""
    status = response.status_code
    code = str(status)
    if status >= 500:
        kind = errors.UnknownOutcome if writing else errors.Transient
        return kind("The Mastodon server has a fault of its own.", code=code)
    if status == 429:
        until = read_reset(response)
        return errors.RateLimited("The Mastodon server asks us to wait.", until=until, code=code)
    if status == 403:
        if writing:
            return errors.NotPermitted("Mastodon does not allow this reply.", code=code)
        return errors.PermissionMissing("The access token does not cover this.", code=code)
    return {
        401: errors.AuthExpired("Mastodon does not accept this connection.", code=code),
        404: errors.ParentGone("Mastodon does not find the post or the person any more.", code=code),
        410: errors.ParentGone("The post or the person is gone from Mastodon.", code=code),
        422: errors.InvalidContent("Mastodon did not accept the text or the file.", code=code),
    }.get(status, errors.InvalidContent(f"Mastodon refused the request with status {status}.", code=code))


def read_reset(response: requests.Response) -> datetime:
    """Return when requests are allowed again: a time in ISO 8601, unlike with any other platform."""
    now = datetime.now(UTC)
    said = response.headers.get("x-ratelimit-reset", "")
    try:
        until = datetime.fromisoformat(said)
    except ValueError:
        return now + WINDOW
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    # A time that lies far off, or behind us, comes from a clock that is wrong.
    return min(max(until, now + timedelta(seconds=1)), now + 12 * WINDOW)


def read_left(response: requests.Response | None) -> int | None:
    """Return how many requests are left in this window; None where it is not said."""
    said = response.headers.get("x-ratelimit-remaining", "") if response is not None else ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
