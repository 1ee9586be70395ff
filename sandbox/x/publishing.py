"""How a draft becomes a post: mentions in front of a reply, short links, entities, an id."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.accounts import Accounts, X
from sandbox.clock import Clock
from sandbox.ids import Snowflakes, floor_of
from sandbox.media import Media
from sandbox.x import text as texts
from sandbox.x.posts import Posts
from sandbox.x.schema import Post, User
from sandbox.x.users import Users


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A post about to be made by anybody; `mention` False leaves out the mentions X would put in front."""

    author: User
    text: str
    parent: Post | None = None
    quoted: Post | None = None
    media: tuple[int, ...] = ()
    place: str | None = None
    created_at: datetime | None = None
    late: bool = False
    mention: bool = True
    leave_out: tuple[int, ...] = ()
    edits: Post | None = None


@dataclass(frozen=True)
class Rows:
    """Where users and posts are kept."""

    users: Users
    posts: Posts


class Publisher:
    """Makes posts, for the public and for the force alike."""

    def __init__(self, clock: Clock, accounts: Accounts, media: Media, rows: Rows, ids: Snowflakes) -> None:
        self._clock, self._accounts, self._media, self._ids = clock, accounts, media, ids
        self._users, self._posts = rows.users, rows.posts

    def publish(self, draft: Draft) -> Post:
        """Make a post of a draft: mentions in front of a reply, short links, entities, id."""
        made, start = self._begun(draft)
        made, meant = texts.shorten(made)
        made, meant, pictures = self._with_media(made, meant, draft.media)
        now = draft.created_at or self._clock.now()
        identity = self._ids.next(self._clock.now())
        if draft.late and draft.created_at is not None:
            identity = self._late_id(draft.created_at)
        root = draft.edits or draft.parent
        entities = texts.entities(made, meant, self._id_of)
        for url in entities.get("urls", ()):
            if url["url"] in pictures:
                url["media_key"] = pictures[url["url"]]
        post = Post(
            id=identity,
            author_id=draft.author.id,
            conversation_id=identity if root is None else root.conversation_id,
            parent_id=None if draft.parent is None else draft.parent.id,
            first_id=identity if draft.edits is None else draft.edits.first_id,
            created_at=now,
            text=made,
            start=start,
            entities=entities,
            media=draft.media,
            quoted_id=None if draft.quoted is None else draft.quoted.id,
            place=draft.place,
        )
        self._posts.keep(post, self._force_mentioned(made))
        return post

    def made(self, draft: Draft) -> str:
        """The text that a draft would have as a post."""
        made, meant = texts.shorten(self._begun(draft)[0])
        return self._with_media(made, meant, draft.media)[0]

    def _begun(self, draft: Draft) -> tuple[str, int]:
        """The text with the mentions X puts in front of a reply, and how long those are."""
        if draft.parent is None or not draft.mention:
            return draft.text, 0
        return texts.with_mentions(draft.text, self._answered(draft))

    def _answered(self, draft: Draft) -> Iterable[str]:
        """Handles that X puts in front of a reply: the author answered, then whom that post mentions."""
        if draft.parent is None:
            return []
        names = [self._users.of(draft.parent.author_id).username]
        names += [entity["username"] for entity in draft.parent.entities.get("mentions", ())]
        users = [self._users.named(name) for name in names]
        skip = {draft.author.id, *draft.leave_out}
        return [user.username for user in users if user is not None and user.id not in skip]

    def _with_media(
        self, text: str, meant: dict[str, str], media: tuple[int, ...]
    ) -> tuple[str, dict[str, str], dict[str, str]]:
        """X ends a post with pictures by a short link to them."""
        items = self._media.items(list(media))
        if not items:
            return text, meant, {}
        page = f"https://x.com/i/status/photo/{items[0].id}"
        short = texts.short_link(page)
        return f"{text} {short}".lstrip(), {**meant, short: page}, {short: items[0].media_key}

    def _late_id(self, at: datetime) -> int:
        identity = floor_of(at)
        while self._posts.get(identity) is not None:
            identity += 1
        return identity

    def _force_mentioned(self, text: str) -> set[int]:
        names = texts.mentioned(text)
        accounts = [self._accounts.by_handle(X, name) for name in names]
        return {int(account.id) for account in accounts if account is not None}

    def _id_of(self, username: str) -> int | None:
        user = self._users.named(username)
        return None if user is None else user.id
