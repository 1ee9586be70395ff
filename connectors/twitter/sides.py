"""What mentions do not bring: late ones, replies without our name, quotes, and words that are listened for.

None of these may hold up the mentions: what fails here is said and tried again later.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors import errors
from connectors.reading import read_dict, read_list
from connectors.twitter import config, streams
from connectors.twitter.client import Client
from connectors.twitter.items import Found
from connectors.twitter.parse import Own, time_of
from connectors.twitter.young import look_up_ageing, look_up_young
from inbox.enums import Direction
from inbox.incoming import Incoming

MOST_OURS = 50
MOST_ASKED_FOR_QUOTES = 10
Cursor = dict[str, Any]
Read = Callable[[Client, Own, Cursor], list[Found]]


@dataclass(frozen=True)
class Side:
    """One further reading: how often, and what people call it."""

    name: str
    seconds: float
    what: str
    read: Read


def read_late(client: Client, own: Own, cursor: Cursor) -> list[Found]:
    """Read again beneath the cursor: mentions can appear late (contract section 1.3)."""
    since = str(cursor.get("mentions") or "")
    reach = datetime.now(UTC) - timedelta(seconds=config.LATE_REACH_SECONDS)
    if not since or time_of(since) <= reach:
        return []
    call = streams.timeline(client.own_id, "mentions", {"start_time": reach, "until_id": since})
    return streams.read_stream(client, own, call, "mentions")[0]


def read_replies(client: Client, own: Own, cursor: Cursor) -> list[Found]:
    """Search for replies to us whose writers took our name out, which are no mentions."""
    if not own.username:
        return []
    query = f"to:{own.username} -@{own.username} -from:{own.username} -is:retweet"
    call = streams.search(query, streams.search_window(cursor.get("replies")))
    return streams.read_stream(client, own, call, "replies")[0]


def read_quotes(client: Client, own: Own, cursor: Cursor) -> list[Found]:
    """Ask for quotes of those of our posts whose count of them has grown."""
    ours: dict[str, int] = dict(cursor.get("ours") or {})
    if not ours:
        return []
    counts = count_quotes(client, list(ours))
    grown = [key for key, count in counts.items() if count > ours.get(key, 0)][:MOST_ASKED_FOR_QUOTES]
    found: list[Found] = []
    for key in grown:
        items, _pages = streams.read_stream(client, own, streams.quotes(key), "quotes")
        found += [replace(one, moves=False) for one in items]
    cursor["ours"] = {key: counts[key] if key in grown else seen for key, seen in ours.items()}
    return found


def count_quotes(client: Client, ids: list[str]) -> dict[str, int]:
    """Return how often each of our posts is quoted."""
    answer = client.read(
        lambda api, signed: api.get_tweets(ids, tweet_fields="id,public_metrics", user_auth=signed)
    )
    posts = read_list(answer, "data")
    client.ledger.pay_for("own", [str(post.get("id")) for post in posts], {})
    counts = {str(post.get("id")): read_dict(post, "public_metrics").get("quote_count") for post in posts}
    return {key: count for key, count in counts.items() if isinstance(count, int) and key in ids}


def remember_ours(cursor: Cursor, found: list[Found]) -> None:
    """Keep the newest of our own posts, whose quotes are asked for for a week."""
    ours: dict[str, int] = dict(cursor.get("ours") or {})
    reach = datetime.now(UTC) - timedelta(seconds=config.QUOTES_AGE_SECONDS)
    for one in found:
        if isinstance(one.item, Incoming) and one.item.direction == Direction.OUT:
            ours.setdefault(one.latest, 0)
    newest = sorted((key for key in ours if time_of(key) > reach), key=int)[-MOST_OURS:]
    cursor["ours"] = {key: ours[key] for key in newest}


def read_heard(client: Client, own: Own, cursor: Cursor) -> list[Found]:
    """Search for the words that an admin asked to listen for, where the terms were acknowledged."""
    query = listening_query(client.access.config, own)
    if not query:
        return []
    # What was said before somebody began to listen is not collected: each post costs money.
    begin = {"start_time": datetime.now(UTC) - timedelta(seconds=2 * config.HEARD_SECONDS)}
    since = cursor.get("heard")
    call = streams.search(query, streams.search_window(since) if since else begin)
    return streams.read_stream(client, own, call, "heard")[0]


def listening_query(settings: dict[str, Any], own: Own) -> str:
    """Return the search for the admin's words, empty while listening is off."""
    typed = str(settings.get("keywords") or "")
    if settings.get("keywords_acknowledged") is not True or not typed.strip():
        return ""
    words = [word.replace('"', "").strip() for word in typed.replace("\n", ",").split(",")]
    quoted = [f'"{word}"' for word in words if word]
    tail = f") -is:retweet -from:{own.username}"
    while quoted and len("(" + " OR ".join(quoted) + tail) > config.SEARCH_LENGTH:
        quoted.pop()
    return "(" + " OR ".join(quoted) + tail if quoted else ""


SIDES = (
    Side("late", config.LATE_SECONDS, "Late mentions", read_late),
    Side("young", config.LOOK_UP_SECONDS, "Edits and deletions", look_up_young),
    Side("ageing", config.AGEING_SECONDS, "Later deletions", look_up_ageing),
    Side("replies", config.REPLIES_SECONDS, "Replies that do not name us", read_replies),
    Side("quotes", config.QUOTES_SECONDS, "Quotes of our posts", read_quotes),
    Side("heard", config.HEARD_SECONDS, "Words that are listened for", read_heard),
)


def read_side(side: Side, client: Client, own: Own, cursor: Cursor) -> tuple[list[Found], tuple[str, ...]]:
    """Read one side when it is due; a refusal is said, and waited out where it has a time."""
    name = f"{side.name}_at"
    if float(cursor.get(name) or 0) > time.time():
        return [], tuple(cursor.get("refused", {}).get(side.name, []))
    cursor[name] = time.time() + side.seconds * client.ledger.slow_down
    refused: dict[str, list[str]] = dict(cursor.get("refused") or {})
    refused.pop(side.name, None)
    try:
        found = side.read(client, own, cursor)
    except (errors.AuthExpired, errors.AuthRevoked):
        raise
    except errors.ConnectorError as error:
        wait = (
            (error.until - datetime.now(UTC)).total_seconds() if isinstance(error, errors.RateLimited) else 0
        )
        cursor[name] = max(cursor[name], time.time() + wait)
        refused[side.name] = [f"{side.what} could not be read: {error.sentence}"]
        found = []
    cursor["refused"] = refused
    return found, tuple(refused.get(side.name, []))
