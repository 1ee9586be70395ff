"""Rate limits of X: per endpoint in windows of 15 minutes, and per day where X counts that too."""

from dataclasses import dataclass
from datetime import datetime

QUARTER, DAY = 900, 86_400

REAL = {
    "users_me": 75,
    "mentions": 300,
    "user_tweets": 900,
    "dm_events": 15,
    "dm_thread": 15,
    "tweets_lookup": 5000,
    "tweet": 900,
    "users_lookup": 900,
    "search_recent": 300,
    "quote_tweets": 75,
    "create_tweet": 100,
    "delete_tweet": 50,
    "create_dm": 15,
    "hide_reply": 50,
    "like": 50,
    "media_upload": 500,
    "media_metadata": 500,
}
"""Requests a user may make in 15 minutes (contract sections 1.3 and 1.5)."""

DAILY = {"create_tweet": 10_000, "create_dm": 1_440}

DEMO_FACTOR = 100
"""A demonstration polls more often than anybody pays for; the headers say the larger number all the same."""


@dataclass
class _Bucket:
    opened: float
    used: int = 0


class Limits:
    """Counts per (operation, account); begins in demonstration mode."""

    def __init__(self) -> None:
        self.real = False
        self._buckets: dict[tuple[str, str, int], _Bucket] = {}

    def take(self, operation: str, account: str, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count one request: whether it is within the limits, and the headers that say so."""
        limit = self._limit(REAL.get(operation, 900))
        fine, left, reset = self._count((operation, account, QUARTER), limit, now)
        headers = {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": str(reset),
        }
        if operation in DAILY:
            daily = self._limit(DAILY[operation])
            fine_today, left, reset = self._count((operation, account, DAY), daily, now)
            fine = fine and fine_today
            for scope in ("app", "user"):
                headers[f"x-{scope}-limit-24hour-limit"] = str(daily)
                headers[f"x-{scope}-limit-24hour-remaining"] = str(left)
                headers[f"x-{scope}-limit-24hour-reset"] = str(reset)
        return fine, headers

    def clear(self) -> None:
        self._buckets.clear()

    def _limit(self, real: int) -> int:
        return real if self.real else real * DEMO_FACTOR

    def _count(self, key: tuple[str, str, int], limit: int, now: datetime) -> tuple[bool, int, int]:
        span, moment = key[2], now.timestamp()
        bucket = self._buckets.get(key)
        if bucket is None or not 0 <= moment - bucket.opened < span:
            bucket = self._buckets[key] = _Bucket(opened=moment)
        fine = bucket.used < limit
        bucket.used += fine
        return fine, limit - bucket.used, int(bucket.opened + span)
