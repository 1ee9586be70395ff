"""What every token server says alike (RFC 6749 section 5), and what a consent leaves with us meanwhile."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.errors import AuthRevoked, RateLimited, Transient

FRESH_SECONDS = 3_600


def read_token(status: int, told: dict[str, Any]) -> dict[str, str]:
    """Return the new secrets from a token server's answer. Raises connectors.errors."""
    if status == 429:
        raise RateLimited(
            "The sign-in server asks us to wait.", until=datetime.now(UTC) + timedelta(minutes=1)
        )
    if status >= 500:
        raise Transient("The sign-in server is out of order.", code=str(status))
    if status != 200 or not told.get("access_token"):
        code = str(told.get("error") or status)
        raise AuthRevoked("The mailbox's sign-in was refused and must be connected again.", code=code[:60])
    renewed = {"access_token": str(told["access_token"])}
    if told.get("refresh_token"):
        renewed["refresh_token"] = str(told["refresh_token"])
    try:
        renewed["expires_at"] = str(time.time() + float(told.get("expires_in") or FRESH_SECONDS))
    except (TypeError, ValueError):
        renewed["expires_at"] = str(time.time() + FRESH_SECONDS)
    return renewed


def must_last(renewed: dict[str, str]) -> dict[str, str]:
    """Return what a consent gave. Raises AuthRevoked when the desk could not renew it by itself."""
    if not renewed.get("refresh_token"):
        sentence = "The sign-in gave no lasting permission. Sign in again and allow everything that is asked."
        raise AuthRevoked(sentence, code="no_refresh_token")
    return renewed


def unreachable(error: Exception) -> Transient:
    """Return the error for a token server that could not be asked."""
    return Transient("The sign-in server could not be reached.", code=type(error).__name__)
