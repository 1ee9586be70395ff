"""More mentions at once than X gives (contract section 1.3): filled by search, or said for a day."""

import time
from datetime import UTC, datetime
from typing import Any

from connectors import errors
from connectors.twitter import config, streams
from connectors.twitter.client import Client
from connectors.twitter.items import Found
from connectors.twitter.parse import Own, time_of

# X gives the newest 800; a page may hold fewer than it may, so pages are counted, not posts.
PAGES_OF_REACH = config.MENTIONS_REACH // 100
FILLED = "More than 800 mentions came in at once. The {count} that X's list left out were found by search."
GAP = (
    "More than 800 mentions came in at once, and X's list holds no more. Those from {since} to {until} may "
    "be missing: look at the account on X."
)


def fill_gap(client: Client, own: Own, cursor: dict[str, Any], found: list[Found], pages: int) -> list[Found]:
    """Return what the list of mentions left out, and remember what people must be told."""
    since = str(cursor.get("mentions") or "")
    if not since or pages < PAGES_OF_REACH or not found:
        return []
    oldest = min(one.number for one in found if one.number)
    query = f"@{own.username} -from:{own.username} -is:retweet"
    window = {**streams.search_window(since), "until_id": str(oldest)}
    try:
        missed, more_pages = streams.read_stream(client, own, streams.search(query, window), "mentions")
    except (errors.AuthExpired, errors.AuthRevoked):
        raise
    except errors.ConnectorError:
        remember(cursor, describe(GAP, since, oldest, 0))
        return []
    if more_pages >= streams.MOST_PAGES or "start_time" in window:
        remember(cursor, describe(GAP, since, oldest, 0))
    elif missed:
        remember(cursor, describe(FILLED, since, oldest, len(missed)))
    return missed


def describe(sentence: str, since: str, oldest: int, count: int) -> str:
    """Return the sentence with its times (UTC, from the ids) and count."""
    first, last = time_of(since), time_of(str(oldest))
    return sentence.format(count=count, since=f"{first:%H:%M on %d %B}", until=f"{last:%H:%M on %d %B} UTC")


def remember(cursor: dict[str, Any], sentence: str) -> None:
    """Keep a sentence for a day, so that it is not gone with the next poll."""
    cursor["gaps"] = [*list(cursor.get("gaps") or [])[-4:], [time.time(), sentence]]


def list_gaps(cursor: dict[str, Any]) -> tuple[str, ...]:
    """Return what is still to be said, and forget the rest."""
    young = [gap for gap in cursor.get("gaps") or [] if gap[0] > time.time() - config.GAP_TOLD_SECONDS]
    cursor["gaps"] = young
    moments = [datetime.fromtimestamp(gap[0], UTC) for gap in young]
    return tuple(f"{moment:%H:%M} UTC: {gap[1]}" for moment, gap in zip(moments, young, strict=True))
