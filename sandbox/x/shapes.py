"""Rows of X as the JSON of API v2: default fields, asked fields, nothing else (contract section 1.4)."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.ids import person_number
from sandbox.media import Item
from sandbox.x import text as texts
from sandbox.x.asked import Wanted
from sandbox.x.people import XTown
from sandbox.x.schema import Message, Post, User

_EDITABLE = timedelta(hours=1)
_EDITS = 5
_SHOWN = 280


def moment(at: datetime) -> str:
    """RFC 3339 with milliseconds and Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class Shapes:
    """Turns rows into JSON values; `base` is the address that pictures are served from."""

    def __init__(self, town: XTown) -> None:
        self._town = town
        self._base = town.media.base

    def post(self, post: Post, wanted: Wanted) -> dict[str, Any]:
        shown, rest = shorten_long(post)
        shape: dict[str, Any] = {
            "id": str(post.id),
            "text": texts.escape(shown),
            "edit_history_tweet_ids": [str(identity) for identity in self._town.posts.chain(post.first_id)],
        }
        for name, make in self._post_fields(post, rest).items():
            if name in wanted.tweet:
                value = make()
                if value not in (None, {}, []):
                    shape[name] = value
        return shape

    def user(self, user: User, wanted: Wanted) -> dict[str, Any]:
        shape: dict[str, Any] = {"id": str(user.id), "name": user.name, "username": user.username}
        more: dict[str, Any] = {
            "created_at": moment(user.created_at),
            "description": "Official account." if user.force else "",
            "protected": user.protected,
            "verified": user.force,
            "verified_type": "government" if user.force else "none",
            "profile_image_url": f"{self._base}/media/people/{user.id}_normal.png",
            "receives_your_dm": True,
            "connection_status": [],
            "url": "",
            "public_metrics": {
                "followers_count": person_number(user.username, 3, 900),
                "following_count": person_number(user.name, 5, 400),
                "tweet_count": person_number(user.username + user.name, 10, 9000),
                "listed_count": 0,
            },
        }
        shape.update((name, value) for name, value in more.items() if name in wanted.user)
        return shape

    def media(self, item: Item, wanted: Wanted) -> dict[str, Any]:
        shape: dict[str, Any] = {"media_key": item.media_key, "type": item.kind}
        address = f"{self._base}/media/{item.id}/{item.name}"
        more: dict[str, Any] = {"width": item.width, "height": item.height, "alt_text": item.alt_text or None}
        if item.kind == "photo":
            more["url"] = address
        else:
            more["preview_image_url"] = f"{self._base}/media/people/{item.id}_normal.png"
            more["duration_ms"] = 1000
            more["variants"] = [{"content_type": item.type, "bit_rate": 0, "url": address}]
        shape.update((n, value) for n, value in more.items() if n in wanted.media and value is not None)
        return shape

    def place(self, name: str, wanted: Wanted) -> dict[str, Any]:
        shape: dict[str, Any] = {"id": place_id(name), "full_name": name}
        more: dict[str, Any] = {
            "name": name,
            "country": "United Kingdom",
            "country_code": "GB",
            "place_type": "neighborhood",
            "geo": {"type": "Feature", "bbox": [-1.62, 54.96, -1.6, 54.98], "properties": {}},
        }
        shape.update((field, value) for field, value in more.items() if field in wanted.place)
        return shape

    def message(self, message: Message, wanted: Wanted) -> dict[str, Any]:
        shape: dict[str, Any] = {
            "id": str(message.id),
            "event_type": "MessageCreate",
            "text": texts.escape(message.text),
        }
        more: dict[str, Any] = {
            "created_at": moment(message.created_at),
            "dm_conversation_id": message.conversation_id,
            "sender_id": str(message.sender_id),
        }
        items = self._town.media.items(list(message.media))
        if items:
            more["attachments"] = {"media_keys": [item.media_key for item in items]}
        shape.update((name, value) for name, value in more.items() if name in wanted.dm_event)
        return shape

    def _post_fields(self, post: Post, rest: str | None) -> dict[str, Any]:
        """How each field of a post that must be asked for is made."""
        return {
            "author_id": lambda: str(post.author_id),
            "created_at": lambda: moment(post.created_at),
            "conversation_id": lambda: str(post.conversation_id),
            "in_reply_to_user_id": lambda: self._answered_user(post),
            "referenced_tweets": lambda: _references(post),
            "attachments": lambda: self._attachments(post),
            "entities": lambda: _within(post.entities, rest, texts.escape(shorten_long(post)[0])),
            "note_tweet": lambda: None if rest is None else {"text": rest, "entities": post.entities},
            "edit_controls": lambda: self._edit_controls(post),
            "display_text_range": lambda: [post.start, len(texts.escape(shorten_long(post)[0]))],
            "lang": lambda: "en",
            "possibly_sensitive": lambda: False,
            "reply_settings": lambda: "everyone",
            "geo": lambda: None if post.place is None else {"place_id": place_id(post.place)},
            "public_metrics": lambda: self._metrics(post),
        }

    def _answered_user(self, post: Post) -> str | None:
        parent = None if post.parent_id is None else self._town.posts.get(post.parent_id)
        return None if parent is None else str(parent.author_id)

    def _attachments(self, post: Post) -> dict[str, Any] | None:
        items = self._town.media.items(list(post.media))
        return {"media_keys": [item.media_key for item in items]} if items else None

    def _edit_controls(self, post: Post) -> dict[str, Any]:
        first = self._town.posts.get(post.first_id) or post
        edits = len(self._town.posts.chain(post.first_id)) - 1
        return {
            "edits_remaining": max(0, _EDITS - edits),
            "is_edit_eligible": post.parent_id is None,
            "editable_until": moment(first.created_at + _EDITABLE),
        }

    def _metrics(self, post: Post) -> dict[str, int]:
        names = ("retweet_count", "like_count", "quote_count", "bookmark_count", "impression_count")
        return {
            **dict.fromkeys(names, 0),
            "reply_count": len(self._town.posts.answers_to(post.id)),
            "quote_count": len(self._town.posts.quotes_of(post.id, None, 1000)),
        }


def place_id(name: str) -> str:
    return f"{person_number(name, 0, 1 << 60):016x}"


def shorten_long(post: Post) -> tuple[str, str | None]:
    """(what `text` shows, the whole as note_tweet has it or None): long posts are cut (contract 1.4)."""
    body = post.text[post.start :]
    if len(body) <= _SHOWN:
        return post.text, None
    link = texts.short_link(f"https://x.com/i/web/status/{post.id}")
    kept = post.text[: post.start + _SHOWN - len(link) - 2]
    return f"{kept}… {link}", texts.escape(post.text)


def _within(entities: dict[str, Any], rest: str | None, shown: str) -> dict[str, Any]:
    """The entities that still fit into what is shown of a long post."""
    if rest is None:
        return entities
    end = len(shown) - 25
    found = {kind: [item for item in items if item["end"] <= end] for kind, items in entities.items()}
    return {kind: items for kind, items in found.items() if items}


def _references(post: Post) -> list[dict[str, str]]:
    found = []
    if post.parent_id is not None:
        found.append({"type": "replied_to", "id": str(post.parent_id)})
    if post.quoted_id is not None:
        found.append({"type": "quoted", "id": str(post.quoted_id)})
    return found
