"""X as people use it: they post, answer, edit, delete and write privately."""

from sandbox.accounts import Account, Accounts, X
from sandbox.clock import Clock
from sandbox.ids import Snowflakes, person_number
from sandbox.media import Media
from sandbox.store import Store
from sandbox.words import Words
from sandbox.x import text as texts
from sandbox.x.messages import Messages, conversation_of
from sandbox.x.posts import Posts
from sandbox.x.publishing import Draft, Publisher, Rows
from sandbox.x.schema import SCHEMA, TABLES, Message, Post, User
from sandbox.x.users import Users


class XTown:
    """Posts, messages and users with the rules of X, whoever acts."""

    def __init__(self, store: Store, clock: Clock, accounts: Accounts, media: Media) -> None:
        store.create(SCHEMA)
        self.store, self.clock, self.accounts, self.media = store, clock, accounts, media
        self.users, self.posts, self.messages = Users(store, accounts), Posts(store), Messages(store)
        self._ids = Snowflakes(max(self.posts.last_id(), self.messages.last_id()))
        self._publisher = Publisher(clock, accounts, media, Rows(self.users, self.posts), self._ids)

    def post(self, words: Words) -> str:
        """The public posts. ValueError: the post answered or the account addressed does not exist."""
        with self.store.transaction():
            parent = None if words.in_reply_to is None else self.living(words.in_reply_to)
            text = words.text
            if parent is None and words.quotes is None and words.mention:
                text = self._addressed(text, words.to)
            post = self.publish(
                Draft(
                    author=self.users.of_author(words.author, words.protected),
                    text=text,
                    parent=parent,
                    quoted=None if words.quotes is None else self.living(words.quotes),
                    media=self._kept(words),
                    place=words.place,
                    created_at=words.created_at,
                    late=words.late,
                    mention=words.mention,
                )
            )
            self._note(post, words)
        return str(post.id)

    def announce(self, text: str, to: str | None) -> str:
        """The force posts by itself, under nobody's post; `to` names the account. ValueError: no such one."""
        with self.store.transaction():
            account = self.accounts.pick(X, to)
            post = self.publish(Draft(author=self.users.of_account(account), text=text))
            self.store.journal.add(
                "written",
                X,
                {"what": "announcement", "id": str(post.id), "account": account.id, "text": text},
            )
        return str(post.id)

    def message(self, words: Words) -> str:
        """A private message to the force. ValueError as `post`."""
        with self.store.transaction():
            account = self.accounts.pick(X, words.to)
            if words.in_reply_to is not None:
                account = self._account_of_message(words.in_reply_to)
            author = self.users.of_author(words.author)
            group = None if words.group is None else str(person_number(words.group, 10**17, 10**17))
            kept = self.send(account, author, author, words.text, self._kept(words), group)
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
            author = self.users.of(old.author_id)
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
        """Make a post of a draft, whoever wrote it."""
        return self._publisher.publish(draft)

    def made(self, draft: Draft) -> str:
        """The text that a draft would have as a post."""
        return self._publisher.made(draft)

    def send(
        self,
        account: Account,
        other: User,
        sender: User,
        text: str,
        media: tuple[int, ...],
        group: str | None = None,
    ) -> Message:
        """A private message between an account and one other user, from either of them, or in a group."""
        message = Message(
            id=self._ids.next(self.clock.now()),
            conversation_id=group or conversation_of(int(account.id), other.id),
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
        """The user of an id that a row holds. LookupError: there is none."""
        return self.users.of(identity)

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
