"""X as people use it: they post, answer, edit, delete and write privately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.accounts import Account, Accounts, X
from sandbox.clock import Clock
from sandbox.ids import Snowflakes, floor_of
from sandbox.media import Item, Media
from sandbox.store import Store
from sandbox.words import Words
from sandbox.x import text as texts
from sandbox.x.messages import Messages, conversation_of
from sandbox.x.posts import Posts
from sandbox.x.schema import SCHEMA, TABLES, Message, Post, User
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


class XTown:
    """Posts, messages and users with the rules of X, whoever acts."""

    def __init__(self, store: Store, clock: Clock, accounts: Accounts, media: Media) -> None:
        store.create(SCHEMA)
        self.store, self.clock, self.accounts, self.media = store, clock, accounts, media
        self.users, self.posts, self.messages = Users(store), Posts(store), Messages(store)
        self._ids = Snowflakes(max(self.posts.last_id(), self.messages.last_id()))

    def post(self, words: Words) -> str:
        """The public posts. ValueError: the post answered or the account addressed does not exist."""
        with self.store.transaction():
            parent = None if words.in_reply_to is None else self.living(words.in_reply_to)
            text = words.text
            if parent is None and words.mention:
                text = self._addressed(text, words.to)
            post = self.publish(
                Draft(
                    author=self.users.of_author(words.author, words.protected),
                    text=text,
                    parent=parent,
                    media=self._kept(words),
                    place=words.place,
                    created_at=words.created_at,
                    late=words.late,
                    mention=words.mention,
                )
            )
            self._note(post, words)
        return str(post.id)

    def message(self, words: Words) -> str:
        """A private message to the force. ValueError as `post`."""
        with self.store.transaction():
            account = self.accounts.pick(X, words.to)
            if words.in_reply_to is not None:
                account = self._account_of_message(words.in_reply_to)
            author = self.users.of_author(words.author)
            kept = self.send(account, author, author, words.text, self._kept(words))
            self.store.journal.add(
                "written",
                X,
                {
                    "what": "message",
                    "id": str(kept.id),
                    "author": words.author,
                    "author_id": str(author.id),
                    "to": account.id,
                    "text": words.text,
                },
            )
        return str(kept.id)

    def edit(self, identity: str, text: str) -> str:
        """The author changes a post: a new id in the same chain. ValueError: no such living post."""
        with self.store.transaction():
            old = self.living(identity)
            author = self.user(old.author_id)
            parent = None if old.parent_id is None else self.posts.get(old.parent_id)
            self.posts.supersede(old.id)
            post = self.publish(Draft(author=author, text=text, parent=parent, media=old.media, edits=old))
            self.store.journal.add(
                "written", X, {"what": "edit", "id": str(post.id), "of": str(old.id), "text": text}
            )
        return str(post.id)

    def delete(self, identity: str) -> None:
        """The author takes a post back. ValueError: no such living post."""
        with self.store.transaction():
            post = self.living(identity)
            self.posts.delete(post.first_id)
            self.store.journal.add("written", X, {"what": "delete", "id": str(post.id)})

    def publish(self, draft: Draft) -> Post:
        """Make a post of a draft: mentions in front of a reply, short links, entities, id."""
        made, start = self._begun(draft)
        made, meant = texts.shorten(made)
        made, meant, pictures = self._with_media(made, meant, draft.media)
        now = draft.created_at or self.clock.now()
        identity = self._ids.next(self.clock.now())
        if draft.late and draft.created_at is not None:
            identity = self._late_id(draft.created_at)
        first = identity if draft.edits is None else draft.edits.first_id
        entities = texts.entities(made, meant, self._id_of)
        for url in entities.get("urls", ()):
            if url["url"] in pictures:
                url["media_key"] = pictures[url["url"]]
        post = Post(
            id=identity,
            author_id=draft.author.id,
            conversation_id=identity if draft.parent is None else draft.parent.conversation_id,
            parent_id=None if draft.parent is None else draft.parent.id,
            first_id=first,
            created_at=now,
            text=made,
            start=start,
            entities=entities,
            media=draft.media,
            quoted_id=None if draft.quoted is None else draft.quoted.id,
            place=draft.place,
        )
        self.posts.keep(post, self._force_mentioned(made))
        return post

    def made(self, draft: Draft) -> str:
        """The text that a draft would have as a post."""
        made, meant = texts.shorten(self._begun(draft)[0])
        return self._with_media(made, meant, draft.media)[0]

    def send(self, account: Account, other: User, sender: User, text: str, media: tuple[int, ...]) -> Message:
        """A private message between an account of the force and one other user, from either of them."""
        message = Message(
            id=self._ids.next(self.clock.now()),
            conversation_id=conversation_of(int(account.id), other.id),
            account_id=int(account.id),
            other_id=other.id,
            sender_id=sender.id,
            created_at=self.clock.now(),
            text=text,
            media=media,
        )
        self.messages.keep(message)
        return message

    def user(self, identity: int) -> User:
        """The user of an id that a row holds."""
        account = self.accounts.get(X, str(identity))
        found = self.users.get(identity) if account is None else self.users.of_account(account)
        if found is None:
            raise LookupError(f"no user {identity}")
        return found

    def living(self, identity: str) -> Post:
        """The post of an id. ValueError: there is none, or it was deleted."""
        found = self.posts.get(int(identity)) if identity.isdecimal() and len(identity) < 20 else None
        if found is None or found.gone:
            raise ValueError(f"There is no post {identity[:40]!r} on X.")
        return found

    def empty(self) -> None:
        for table in TABLES:
            self.store.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own tables

    def _addressed(self, text: str, to: str | None) -> str:
        """The text, mentioning the account it is for."""
        account = self.accounts.pick(X, to)
        present = set(texts.mentioned(text))
        named = present & {other.handle.lower() for other in self.accounts.all(X)} if present else set()
        if account.handle.lower() in present or (to is None and named):
            return text
        return f"@{account.handle} {text}"

    def _begun(self, draft: Draft) -> tuple[str, int]:
        """The text with the mentions X puts in front of a reply, and how long those are."""
        if draft.parent is None or not draft.mention:
            return draft.text, 0
        return texts.with_mentions(draft.text, self._answered(draft))

    def _answered(self, draft: Draft) -> Iterable[str]:
        """Handles that X puts in front of a reply: the author answered, then whom that post mentions."""
        if draft.parent is None:
            return []
        names = [self.user(draft.parent.author_id).username]
        names += [entity["username"] for entity in draft.parent.entities.get("mentions", ())]
        users = [self.users.by_username(name) for name in names]
        skip = {draft.author.id, *draft.leave_out}
        return [user.username for user in users if user is not None and user.id not in skip]

    def _with_media(
        self, text: str, meant: dict[str, str], media: tuple[int, ...]
    ) -> tuple[str, dict[str, str], dict[str, str]]:
        """X ends a post with pictures by a short link to them."""
        items = self.media.items(list(media))
        if not items:
            return text, meant, {}
        page = f"https://x.com/i/status/photo/{items[0].id}"
        short = texts.short_link(page)
        return f"{text} {short}".lstrip(), {**meant, short: page}, {short: media_key(items[0])}

    def _late_id(self, at: datetime) -> int:
        identity = floor_of(at)
        while self.posts.get(identity) is not None:
            identity += 1
        return identity

    def _force_mentioned(self, text: str) -> set[int]:
        names = texts.mentioned(text)
        accounts = [self.accounts.by_handle(X, name) for name in names]
        return {int(account.id) for account in accounts if account is not None}

    def _id_of(self, username: str) -> int | None:
        account = self.accounts.by_handle(X, username)
        user = self.users.of_account(account) if account else self.users.by_username(username)
        return None if user is None else user.id

    def _account_of_message(self, identity: str) -> Account:
        found = self.messages.get(int(identity)) if identity.isdecimal() and len(identity) < 20 else None
        account = None if found is None else self.accounts.get(X, str(found.account_id))
        if account is None:
            raise ValueError(f"There is no private message {identity[:40]!r} on X.")
        return account

    def _kept(self, words: Words) -> tuple[int, ...]:
        return tuple(self.media.keep(attachment).id for attachment in words.attachments)

    def _note(self, post: Post, words: Words) -> None:
        self.store.journal.add(
            "written",
            X,
            {
                "what": "post",
                "id": str(post.id),
                "author": words.author,
                "author_id": str(post.author_id),
                "text": words.text,
                "in_reply_to": words.in_reply_to,
                "created_at": post.created_at.isoformat(),
            },
        )


def media_key(item: Item) -> str:
    """`{kind number}_{id}`: 3 is a photo, 7 a video, 16 an animated GIF."""
    return f"{ {'photo': 3, 'video': 7, 'animated_gif': 16}.get(item.kind, 13) }_{item.id}"
