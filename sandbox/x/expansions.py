"""`includes` and partial `errors`: what a list of posts or messages refers to, as far as it was asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.media import Item
from sandbox.x import errors
from sandbox.x.asked import Wanted
from sandbox.x.people import XTown
from sandbox.x.schema import Message, Post
from sandbox.x.shapes import Shapes, place_id

_PARENT = "referenced_tweets.id"


@dataclass
class _Found:
    """Collected by id, so that nothing is included twice."""

    users: dict[int, dict[str, Any]] = field(default_factory=dict)
    tweets: dict[int, dict[str, Any]] = field(default_factory=dict)
    media: dict[int, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def as_parts(self) -> dict[str, Any]:
        groups: dict[str, dict[Any, dict[str, Any]]] = {
            "users": self.users,
            "tweets": self.tweets,
            "media": self.media,
            "places": self.places,
        }
        includes = {name: list(group.values()) for name, group in groups.items() if group}
        parts: dict[str, Any] = {"includes": includes} if includes else {}
        return {**parts, "errors": self.errors} if self.errors else parts


class Expansions:
    """Follows references one step, as X does."""

    def __init__(self, town: XTown, shapes: Shapes) -> None:
        self._town, self._shapes = town, shapes

    def of_posts(self, posts: Iterable[Post], wanted: Wanted) -> dict[str, Any]:
        """The parts `includes` and `errors` of an answer; empty when there is nothing to tell."""
        found = _Found()
        for post in posts:
            self._people(post, wanted, found)
            self._parents(post, wanted, found)
            self._things(post, wanted, found)
        return found.as_parts()

    def of_messages(self, messages: Iterable[Message], wanted: Wanted) -> dict[str, Any]:
        found = _Found()
        for message in messages:
            if "sender_id" in wanted.expansions:
                self._user(message.sender_id, wanted, found)
            if "participant_ids" in wanted.expansions:
                self._user(message.account_id, wanted, found)
                self._user(message.other_id, wanted, found)
            if "attachments.media_keys" in wanted.expansions:
                self._media(self._town.media.items(list(message.media)), wanted, found)
        return found.as_parts()

    def _people(self, post: Post, wanted: Wanted, found: _Found) -> None:
        if "author_id" in wanted.expansions:
            self._user(post.author_id, wanted, found)
        if "in_reply_to_user_id" in wanted.expansions and post.parent_id is not None:
            parent = self._town.posts.get(post.parent_id)
            if parent is not None:
                self._user(parent.author_id, wanted, found)
        if "entities.mentions.username" in wanted.expansions:
            for mention in post.entities.get("mentions", ()):
                if "id" in mention:
                    self._user(int(mention["id"]), wanted, found)

    def _parents(self, post: Post, wanted: Wanted, found: _Found) -> None:
        if not any(name.startswith(_PARENT) for name in wanted.expansions):
            return
        for identity in (post.parent_id, post.quoted_id):
            if identity is None or identity in found.tweets:
                continue
            parent = self._town.posts.get(identity)
            if parent is None or parent.gone:
                found.errors.append(errors.missing("tweet", str(identity), _PARENT))
            elif self._town.users.of(parent.author_id).protected:
                found.errors.append(errors.not_visible("tweet", str(identity), _PARENT))
            else:
                found.tweets[identity] = self._shapes.post(parent, wanted)
                if f"{_PARENT}.author_id" in wanted.expansions:
                    self._user(parent.author_id, wanted, found)
                if f"{_PARENT}.attachments.media_keys" in wanted.expansions:
                    self._media(self._town.media.items(list(parent.media)), wanted, found)

    def _things(self, post: Post, wanted: Wanted, found: _Found) -> None:
        if "attachments.media_keys" in wanted.expansions:
            self._media(self._town.media.items(list(post.media)), wanted, found)
        if "geo.place_id" in wanted.expansions and post.place is not None:
            found.places.setdefault(place_id(post.place), self._shapes.place(post.place, wanted))

    def _media(self, items: Iterable[Item], wanted: Wanted, found: _Found) -> None:
        for item in items:
            found.media.setdefault(item.id, self._shapes.media(item, wanted))

    def _user(self, identity: int, wanted: Wanted, found: _Found) -> None:
        if identity not in found.users:
            found.users[identity] = self._shapes.user(self._town.users.of(identity), wanted)
