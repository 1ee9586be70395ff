"""Tell every screen that something changed: an event name and ids, never a word of content."""

import json
import logging
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

STREAM = "desk:live"
KEEP = 5_000
log = logging.getLogger(__name__)
_client: redis.Redis | None = None


def connect() -> redis.Redis:
    """Return this process's client; connections are made when first used."""
    global _client
    if _client is None:
        _client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, decode_responses=True
        )
    return _client


def announce(event: str, **ids: Any) -> None:
    """Publish `event` with ids once the transaction is committed; without one, at once.

    A Redis that does not answer costs only latency: screens also ask by themselves.
    """
    transaction.on_commit(lambda: publish(event, ids))


def publish(event: str, ids: dict[str, Any]) -> None:
    """Append the event to the stream that the events server reads."""
    try:
        connect().xadd(STREAM, {"event": event, "ids": json.dumps(ids)}, maxlen=KEEP, approximate=True)
    except redis.RedisError as error:
        log.warning("A live event could not be published: %s", type(error).__name__)
