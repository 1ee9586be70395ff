"""What platforms say of the requests that are left, kept between polls, so that a limit is never overrun.

Every answer's rate-limit headers are read by the one outbound client, whatever the channel: X's
`x-rate-limit-*` (a Unix time), Mastodon's (an ISO time) and the plain `ratelimit-*` (seconds or a Unix time).
While a ledger is open, a reading request that no request is left for is not sent.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests

PREFIXES = ("x-rate-limit", "x-ratelimit", "ratelimit")
# A path's ids differ from call to call and share one limit.
ID = re.compile(r"(?<=/)(?:\d{3,}|[0-9a-f-]{16,}|did:[^/]+)(?=/|$)")
NEWEST = 0.3
MOST = 30
_ledger: ContextVar["Ledger | None"] = ContextVar("ledger", default=None)


class LimitReached(requests.RequestException):
    """No request is left until `until`; this one was not sent."""

    def __init__(self, until: datetime) -> None:
        super().__init__("No request is left for now.")
        self.until = until


@dataclass
class Ledger:
    """What is left, by endpoint: "left", "limit", "resets_at" (Unix time), "used" (mean requests a poll)."""

    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)

    def demand(self, request: requests.PreparedRequest) -> None:
        """Raise LimitReached when the endpoint has nothing left."""
        one = self.known.get(name_endpoint(request))
        if one and one["left"] <= 0 and one["resets_at"] > now():
            raise LimitReached(datetime.fromtimestamp(one["resets_at"] + 1, UTC))

    def note(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        """Keep what an answer says is left."""
        told = read_headers(response)
        if told is None:
            return
        name = name_endpoint(request)
        left, limit, seconds = told
        self.asked[name] = self.asked.get(name, 0) + 1
        before = self.known.get(name, {})
        self.known[name] = before | {"left": left, "limit": limit, "resets_at": now() + seconds}

    def sum_up(self) -> dict[str, dict[str, Any]]:
        """Return the facts for the account's row at the end of a poll; `seconds` is the time to the reset."""
        summed: dict[str, dict[str, Any]] = {}
        for name, one in sorted(self.known.items())[:MOST]:
            asked = float(self.asked.get(name, 0))
            used = one["used"] * (1 - NEWEST) + asked * NEWEST if "used" in one else asked
            seconds = max(0.0, one["resets_at"] - now())
            if seconds or asked:
                summed[name] = one | {"used": round(used, 3), "seconds": round(seconds, 1)}
        return summed


def now() -> float:
    """Return the Unix time."""
    return datetime.now(UTC).timestamp()


def name_endpoint(request: requests.PreparedRequest) -> str:
    """Return method and path without ids, by which the platforms count."""
    return f"{request.method} {ID.sub('#', urlsplit(request.url or '').path)}"


def read_headers(response: requests.Response) -> tuple[int, int, float] | None:
    """Return what is left, of how many, and for how many seconds; None when the answer does not say."""
    for prefix in PREFIXES:
        left = read_count(response, f"{prefix}-remaining")
        seconds = read_reset(response, f"{prefix}-reset")
        if left is not None and seconds is not None:
            return left, max(left, read_count(response, f"{prefix}-limit") or 0), seconds
    return None


def read_count(response: requests.Response, name: str) -> int | None:
    """Return a header's number, None when it is none."""
    said = response.headers.get(name, "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def read_reset(response: requests.Response, name: str) -> float | None:
    """Return the seconds until a reset by the server's own clock, at most a day."""
    said = response.headers.get(name, "").strip()
    try:
        moment = float(said) if re.fullmatch(r"\d{1,11}(\.\d+)?", said) else read_iso(said)
    except ValueError:
        return None
    seconds = moment if moment < 1_000_000 else moment - server_time(response)
    return min(max(seconds, 0.0), timedelta(days=1).total_seconds())


def read_iso(said: str) -> float:
    """Return an ISO moment as Unix time. Raises ValueError."""
    moment = datetime.fromisoformat(said)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def server_time(response: requests.Response) -> float:
    """Return the server's clock, ours when it does not tell."""
    try:
        return parsedate_to_datetime(response.headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return now()


@contextmanager
def keep_ledger(known: Any) -> Iterator[Ledger]:
    """Let every reading request of the block obey and feed a ledger, begun from stored facts."""
    kept = {name: dict(one) for name, one in known.items()} if isinstance(known, dict) else {}
    ledger = Ledger(kept)
    token = _ledger.set(ledger)
    try:
        yield ledger
    finally:
        _ledger.reset(token)


def current_ledger() -> Ledger | None:
    """Return the ledger of the poll that this request belongs to."""
    return _ledger.get()
