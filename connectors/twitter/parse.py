"""From X's JSON to the inbox's form (contract section 1.4); both spellings of the renamed fields are read."""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.reading import Malformed, read_dict, read_id, read_list, read_text
from connectors.twitter.files import list_files
from connectors.twitter.terms import answer_terms, message_terms, possible_acts
from inbox.enums import Direction, Visibility
from inbox.incoming import Author, Incoming

SNOWFLAKE_EPOCH_MS = 1_288_834_974_657


@dataclass(frozen=True)
class Own:
    """Who we are on X."""

    id: str
    username: str = ""
    enterprise: bool = False


@dataclass(frozen=True)
class Includes:
    """What came beside the items, by id."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


def read_includes(answer: dict[str, Any]) -> Includes:
    """Sort an answer's includes and partial errors (a parent that is deleted or protected)."""
    found = read_dict(answer, "includes")
    posts = read_list(found, "tweets") + read_list(found, "posts")
    return Includes(
        users={str(user.get("id")): user for user in read_list(found, "users")},
        posts={str(post.get("id")): post for post in posts},
        media={str(entry.get("media_key")): entry for entry in read_list(found, "media")},
        places={str(place.get("id")): place for place in read_list(found, "places")},
        missing=frozenset(str(entry.get("resource_id")) for entry in read_list(answer, "errors")),
    )


def parse_post(item: dict[str, Any], includes: Includes, own: Own, raw: str) -> Incoming:
    """Turn a post into the inbox's form. Raises Malformed when what is needed is missing."""
    latest, author_id = read_id(item), read_id(item, "author_id")
    chain = [
        str(one) for one in item.get("edit_history_tweet_ids") or item.get("edit_history_post_ids") or []
    ]
    references = read_references(item)
    username = str(includes.users.get(author_id, {}).get("username") or "i")
    partner = author_id if author_id != own.id else str(item.get("in_reply_to_user_id") or "")
    return Incoming(
        remote_id=chain[0] if chain else latest,
        thread_key=f"post:{item.get('conversation_id') or latest}:{partner}",
        author=read_author(author_id, includes),
        text=read_body(item),
        written_at=read_time(item, latest),
        raw=wrap(item, includes, references, raw),
        visibility=Visibility.PUBLIC,
        direction=Direction.OUT if author_id == own.id else Direction.IN,
        quoted=describe_context(references, author_id, own, includes),
        url=f"https://x.com/{username}/status/{latest}",
        in_reply_to=references.get("replied_to", ""),
        edited=len(chain) > 1,
        files=list_files(item, includes.media),
        terms=answer_terms(item, includes, references, own),
        acts=possible_acts(item, references, own),
        remarks=read_remarks(item, references, includes),
    )


def parse_message(item: dict[str, Any], includes: Includes, own: Own, raw: str) -> Incoming:
    """Turn a private message's event into the inbox's form. Raises Malformed."""
    event_id, sender = read_id(item), read_id(item, "sender_id")
    thread = str(item.get("dm_conversation_id") or "")
    if not thread:
        raise Malformed("The field dm_conversation_id is missing.")
    return Incoming(
        remote_id=event_id,
        thread_key=f"dm:{thread}",
        author=read_author(sender, includes),
        text=html.unescape(read_text(item, "text")),
        written_at=read_time(item, event_id),
        raw=wrap(item, includes, {}, raw),
        visibility=Visibility.PRIVATE,
        direction=Direction.OUT if sender == own.id else Direction.IN,
        files=list_files(item, includes.media),
        terms=message_terms(thread, own),
    )


def read_references(item: dict[str, Any]) -> dict[str, str]:
    """Return what the post answers, quotes or repeats: kind to id."""
    entries = read_list(item, "referenced_tweets") or read_list(item, "referenced_posts")
    return {str(entry.get("type")): str(entry.get("id") or "") for entry in entries}


def read_author(key: str, includes: Includes) -> Author:
    """Return who wrote it; the name is what they call themselves now."""
    user = includes.users.get(key, {})
    username = str(user.get("username") or "")
    return Author(key=key, name=str(user.get("name") or "X user"), address=f"@{username}" if username else "")


def read_body(item: dict[str, Any]) -> str:
    """Return the whole text: the long form where there is one, unescaped, with addresses written out."""
    note = read_dict(item, "note_tweet") or read_dict(item, "note_post")
    source = note if read_text(note, "text") else item
    text = html.unescape(read_text(source, "text"))
    entities = read_dict(source, "entities") or read_dict(item, "entities")
    for link in read_list(entities, "urls"):
        short, long = str(link.get("url") or ""), str(link.get("expanded_url") or "")
        if short and long:
            text = text.replace(short, "" if link.get("media_key") else long)
    return text.strip() if note or entities else text


def read_time(item: dict[str, Any], snowflake: str) -> datetime:
    """Return when it was written; an id tells it too, should the field be missing."""
    said = item.get("created_at")
    try:
        return datetime.fromisoformat(str(said)).astimezone(UTC)
    except (ValueError, OverflowError):
        return time_of(snowflake)


def time_of(snowflake: str) -> datetime:
    """Return the moment that an id holds, in milliseconds since 4 November 2010. Raises Malformed."""
    try:
        return datetime.fromtimestamp(((int(snowflake) >> 22) + SNOWFLAKE_EPOCH_MS) / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Malformed("Neither created_at nor the id tells the time.") from error


def describe_context(references: dict[str, str], author_id: str, own: Own, includes: Includes) -> str:
    """Return the post that this one answers, unless it is in the same conversation anyway, and the quoted."""
    parent = includes.posts.get(references.get("replied_to", ""), {})
    writer = str(parent.get("author_id") or "")
    is_our_answer = writer == own.id and str(parent.get("in_reply_to_user_id") or "") == author_id
    told = [] if not parent or writer == author_id or is_our_answer else [("In answer to", parent)]
    quoted = includes.posts.get(references.get("quoted", ""), {})
    told += [("Quoting", quoted)] if quoted else []
    return "\n\n".join(f"{lead} {name_writer(post, includes)}: {read_body(post)}" for lead, post in told)


def name_writer(post: dict[str, Any], includes: Includes) -> str:
    """Return how people know a post's writer."""
    return read_author(str(post.get("author_id") or ""), includes).address or "an X user"


def read_remarks(item: dict[str, Any], references: dict[str, str], includes: Includes) -> tuple[str, ...]:
    """Return what people should know of the source."""
    said = []
    if references.get("replied_to", "") in includes.missing:
        said.append("The post that this one answers is deleted or protected.")
    if references.get("quoted", "") in includes.missing:
        said.append("The post that this one quotes is deleted or protected.")
    place = includes.places.get(str(read_dict(item, "geo").get("place_id") or ""), {})
    if read_text(place, "full_name"):
        said.append(f"The writer marked it as written at {place['full_name']}.")
    return tuple(said)


def wrap(item: dict[str, Any], includes: Includes, references: dict[str, str], raw: str) -> bytes:
    """Return the item as it came, with what came beside it and belongs to it."""
    authors = {str(item.get("author_id") or item.get("sender_id") or "")}
    posts = [includes.posts[key] for key in references.values() if key in includes.posts]
    keys = read_dict(item, "attachments").get("media_keys")
    beside = {
        "users": [includes.users[key] for key in authors if key in includes.users],
        "tweets": posts,
        "media": [includes.media[str(key)] for key in keys or [] if str(key) in includes.media],
    }
    kept = {name: entries for name, entries in beside.items() if entries}
    return f'{{"data":{raw},"includes":{json.dumps(kept)}}}'.encode("utf-8", "surrogatepass")


Parser = Callable[[dict[str, Any], Includes, Own, str], Incoming]
