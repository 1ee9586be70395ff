"""Look young posts up again: X tells polling neither of edits nor of deletions (contract section 1.4)."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from connectors.reading import read_list
from connectors.twitter import config
from connectors.twitter.client import Client
from connectors.twitter.items import Found, read_items
from connectors.twitter.parse import Own, parse_post, time_of
from inbox.enums import Direction, Visibility
from inbox.incoming import Author, Incoming

MOST_YOUNG, MOST_AGEING = 100, 300
GONE = "resource-not-found"


def remember_young(cursor: dict[str, Any], found: list[Found]) -> None:
    """Keep the newest public posts of others in the cursor: latest id to (first id, thread, author)."""
    young: dict[str, list[str]] = dict(cursor.get("young") or {})
    ageing: dict[str, list[str]] = dict(cursor.get("ageing") or {})
    for one in found:
        item = one.item
        if not isinstance(item, Incoming) or one.stream == "dm" or item.direction != Direction.IN:
            continue
        for kept in (young, ageing):
            for latest in [key for key, known in kept.items() if known[0] == item.remote_id]:
                del kept[latest]
        if not item.deleted:
            young[one.latest] = [item.remote_id, item.thread_key, item.author.key]
    newest = sorted(young, key=int)[-MOST_YOUNG:]
    cursor["young"] = {key: young[key] for key in newest if is_younger(key, config.LOOK_UP_AGE_SECONDS)}
    ageing |= {key: known for key, known in young.items() if key not in cursor["young"]}
    newest = sorted(ageing, key=int)[-MOST_AGEING:]
    cursor["ageing"] = {key: ageing[key] for key in newest if is_younger(key, config.AGEING_REACH_SECONDS)}


def is_younger(post_id: str, seconds: float) -> bool:
    """Say whether a post was written within the last so many seconds."""
    return time_of(post_id) > datetime.now(UTC) - timedelta(seconds=seconds)


def look_up_young(client: Client, own: Own, cursor: dict[str, Any]) -> list[Found]:
    """Look at the posts of the last hour, which may still be edited."""
    return look_for_changes(client, own, dict(cursor.get("young") or {}))


def look_up_ageing(client: Client, own: Own, cursor: dict[str, Any]) -> list[Found]:
    """Look at the posts of the last day, which may have been deleted since."""
    ageing = dict(cursor.get("ageing") or {})
    keys = list(ageing)
    found: list[Found] = []
    for start in range(0, len(keys), MOST_YOUNG):
        piece = {key: ageing[key] for key in keys[start : start + MOST_YOUNG]}
        found += look_for_changes(client, own, piece)
    return found


def look_for_changes(client: Client, own: Own, young: dict[str, list[str]]) -> list[Found]:
    """Return what changed: later versions of edited posts, and a mark for each deleted one."""
    if not young:
        return []
    answer = look_up(client, list(young))
    client.ledger.pay_for("looked up", list(young), answer)
    later = [
        newest for newest in map(newest_version, read_list(answer, "data")) if newest and newest not in young
    ]
    gone = [
        str(entry.get("resource_id"))
        for entry in read_list(answer, "errors")
        if str(entry.get("type", "")).endswith(GONE)
    ]
    found = [mark_deleted(key, *young[key]) for key in gone if key in young]
    if later:
        changed = look_up(client, later)
        if "data" in changed:
            found += read_items(changed, "mentions", partial(parse_post, own=own))
    return found


def look_up(client: Client, ids: list[str]) -> dict[str, Any]:
    """Ask for posts by id, at most a hundred."""
    return client.read(
        lambda api, signed: api.get_tweets(
            ids[:MOST_YOUNG],
            tweet_fields=config.TWEET_FIELDS,
            expansions=config.EXPANSIONS,
            media_fields=config.MEDIA_FIELDS,
            user_fields=config.USER_FIELDS,
            place_fields=config.PLACE_FIELDS,
            user_auth=signed,
        )
    )


def newest_version(item: dict[str, Any]) -> str:
    """Return the id of a post's newest version."""
    chain = item.get("edit_history_tweet_ids") or item.get("edit_history_post_ids") or []
    return str(chain[-1]) if isinstance(chain, list) and chain else ""


def mark_deleted(latest: str, remote_id: str, thread_key: str, author_key: str) -> Found:
    """Return the news that a post was deleted by its author."""
    item = Incoming(
        remote_id=remote_id,
        thread_key=thread_key,
        author=Author(key=author_key),
        text="",
        written_at=time_of(remote_id),
        raw=f'{{"deleted":"{latest}"}}'.encode(),
        visibility=Visibility.PUBLIC,
        deleted=True,
    )
    return Found(int(latest), "mentions", item, latest=latest, moves=False)
