"""From the Graph API's JSON to the inbox's form (contract sections 2.4, 3); `from` may always be missing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.contract import AccountAccess
from connectors.facebook.files import list_attached, list_sent
from connectors.facebook.terms import comment_acts, comment_terms, like_of, message_terms, post_terms
from connectors.reading import Malformed, read_dict, read_id, read_list, read_text
from inbox.enums import Direction, Visibility
from inbox.incoming import Author, Incoming, Unreadable

NAMELESS = "Facebook user"


@dataclass(frozen=True)
class Own:
    """Who we are, and whether people may answer after a day."""

    page_id: str
    human_agent: bool = False


def make_own(access: AccountAccess) -> Own:
    """Return who the account is."""
    return Own(str(access.config["page_id"]), human_agent=bool(access.config.get("human_agent")))


@dataclass(frozen=True)
class Post:
    """A post on the Page, as far as its comments need it."""

    id: str
    author: str
    text: str
    count: int
    updated: str
    created_at: datetime
    # Who wrote which comment, as far as this poll has seen.
    writers: dict[str, str] = field(default_factory=dict)


def read_post(item: dict[str, Any], own: Own) -> Post:
    """Return what comments need to know of their post. Raises Malformed."""
    summary = read_dict(read_dict(item, "comments"), "summary")
    count = summary.get("total_count")
    return Post(
        id=read_id(item),
        author=str(read_dict(item, "from").get("id") or ""),
        text=read_text(item, "message") or read_text(item, "story"),
        count=count if isinstance(count, int) else 0,
        updated=str(item.get("updated_time") or ""),
        created_at=read_time(item),
    )


def parse_post(item: dict[str, Any], own: Own, raw: str) -> Incoming:
    """Turn a visitor's post into the inbox's form. Raises Malformed."""
    post_id, written_at = read_id(item), read_time(item)
    author = read_author(item, post_id)
    return Incoming(
        remote_id=post_id,
        thread_key=f"post:{post_id}:{author.key}",
        author=author,
        text=read_text(item, "message") or read_text(item, "story"),
        written_at=written_at,
        raw=encode(raw),
        visibility=Visibility.PUBLIC,
        direction=direction_of(author, own),
        url=read_text(item, "permalink_url"),
        files=list_attached(read_dict(item, "attachments")),
        terms=post_terms(post_id, written_at),
        acts=(like_of(item),) if author.key != own.page_id else (),
    )


def parse_comment(item: dict[str, Any], own: Own, raw: str, *, post: Post) -> Incoming:
    """Turn a comment on `post` into the inbox's form. Raises Malformed."""
    comment_id, written_at = read_id(item), read_time(item)
    author = read_author(item, comment_id)
    parent = read_dict(item, "parent")
    answered = str(parent.get("id") or post.id)
    writer = read_writer(parent, post)
    direction = direction_of(author, own)
    partner = author.key if direction == Direction.IN else writer
    return Incoming(
        remote_id=comment_id,
        thread_key=f"post:{post.id}:{partner}" if partner else f"comment:{answered}",
        author=author,
        text=read_text(item, "message"),
        written_at=written_at,
        raw=encode(raw),
        visibility=Visibility.PUBLIC,
        direction=direction,
        quoted=describe_parent(parent, post, own) if direction == Direction.IN else "",
        url=read_text(item, "permalink_url"),
        in_reply_to=answered,
        joins=(answered,) if direction == Direction.OUT else (),
        files=list_attached({"data": [read_dict(item, "attachment")]}),
        terms=comment_terms(item, written_at),
        acts=comment_acts(item) if direction == Direction.IN else (),
    )


def parse_message(item: dict[str, Any], own: Own, raw: str, *, thread: str) -> Incoming:
    """Turn a Messenger message into the inbox's form. Raises Malformed."""
    message_id, written_at = read_id(item), read_time(item)
    author = read_author(item, message_id)
    return Incoming(
        remote_id=message_id,
        thread_key=f"messages:{thread}",
        author=author,
        text=read_text(item, "message"),
        written_at=written_at,
        raw=encode(raw),
        visibility=Visibility.PRIVATE,
        direction=direction_of(author, own),
        files=list_sent(item),
        terms=message_terms(author.key, written_at, human_agent=own.human_agent),
    )


def read_author(item: dict[str, Any], item_id: str) -> Author:
    """Return who wrote it; without advanced access Facebook does not say (contract section 2.2)."""
    writer = read_dict(item, "from")
    if not writer.get("id"):
        return Author(key=f"unknown:{item_id}", name=NAMELESS)
    return Author(key=str(writer["id"]), name=str(writer.get("name") or NAMELESS))


def direction_of(author: Author, own: Own) -> Direction:
    """Return whether the public or our Page wrote it."""
    return Direction.OUT if author.key == own.page_id else Direction.IN


def read_writer(parent: dict[str, Any], post: Post) -> str:
    """Return who wrote what is answered: the parent comment, or the post itself."""
    if not parent:
        return post.author
    return str(read_dict(parent, "from").get("id") or post.writers.get(str(parent.get("id")), ""))


def describe_parent(parent: dict[str, Any], post: Post, own: Own) -> str:
    """Return what a comment stands beneath, so that people understand it."""
    writer = read_dict(parent, "from")
    if parent.get("message") and str(writer.get("id")) != own.page_id:
        return f"{writer.get('name') or NAMELESS}: {parent['message']}"
    return post.text


def belongs_somewhere(item: Incoming | Unreadable) -> bool:
    """Leave out our Page's own comments beneath its own posts: they answer nobody."""
    if isinstance(item, Unreadable) or item.direction != Direction.OUT:
        return True
    return not item.thread_key.endswith(f":{item.author.key}")


def read_time(item: dict[str, Any], name: str = "created_time") -> datetime:
    """Return a time (`2021-07-23T08:35:18+0000`, or seconds in old payloads). Raises Malformed."""
    value = item.get(name)
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Malformed(f"The field {name} is no time.") from error


def encode(raw: str) -> bytes:
    """Return the item's text as bytes."""
    return raw.encode("utf-8", "surrogatepass")


def list_data(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an edge's objects."""
    return read_list(answer, "data")
