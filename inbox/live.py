"""Tell every screen that something changed: an event name and ids, never a word of content."""

import json
import logging
from collections.abc import Sequence
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

STREAM = "desk:live"
KEEP = 5_000
log = logging.getLogger(__name__)


@cache
def connect() -> redis.Redis:
    """Return this process's client; connections are made when first used."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, decode_responses=True
    )


def announce(event: str, **ids: Any) -> None:
    """Publish `event` with ids once the transaction is committed; without one, at once.

    A Redis that does not answer costs only latency: screens also ask by themselves.
    """
    transaction.on_commit(lambda: publish(event, ids))


def announce_all(event: str, many: Sequence[dict[str, Any]]) -> None:
    """Publish `event` once for each set of ids, in one round trip, once the transaction is committed."""
    transaction.on_commit(lambda: publish_all(event, many))


def publish(event: str, ids: dict[str, Any]) -> bool:
    """Append the event to the stream that the events server reads; False when that failed."""
    return publish_all(event, [ids])


def publish_all(event: str, many: Sequence[dict[str, Any]]) -> bool:
    """Append several events in one round trip; False when that failed."""
    try:
        pipeline = connect().pipeline(transaction=False)
        for ids in many:
            line: dict[Any, Any] = {"event": event, "ids": json.dumps(ids)}
            pipeline.xadd(STREAM, line, maxlen=KEEP, approximate=True)
        pipeline.execute()
    except redis.RedisError as error:
        log.warning("A live event could not be published: %s", type(error).__name__)
        return False
    return True
