"""Facebook as people use it: visitors post, comment and write to the page; the page answers."""

import json
from dataclasses import dataclass
from datetime import datetime

from sandbox.accounts import FACEBOOK, Accounts
from sandbox.clock import Clock
from sandbox.graph.messages import Messages, message_id
from sandbox.graph.schema import SCHEMA, TABLES, Message, Person, Thing
from sandbox.graph.things import Things
from sandbox.ids import person_number
from sandbox.media import Media
from sandbox.store import Store
from sandbox.words import Words

_FIRST_PERSON = 24_000_000_000_000_000
_PEOPLE = 1_000_000_000_000_000


@dataclass(frozen=True, kw_only=True)
class Note:
    """A message in Messenger about to be written, by the person or by the page."""

    page_id: str
    user_id: int
    text: str
    from_page: bool
    media: tuple[int, ...] = ()
    about_id: str | None = None
    metadata: str | None = None
    created_at: datetime | None = None


class FacebookTown:
    """Posts, comments, messages and people with the rules of a Page."""

    def __init__(self, store: Store, clock: Clock, accounts: Accounts, media: Media) -> None:
        store.create(SCHEMA)
        self.store, self.clock, self.accounts, self.media = store, clock, accounts, media
        self.things, self.messages = Things(store), Messages(store)

    def comment(self, words: Words) -> str:
        """The public comments, or posts on the page. ValueError: what is answered does not exist."""
        with self.store.transaction():
            person = self.of_author(words.author)
            media = tuple(self.media.keep(attachment).id for attachment in words.attachments)
            at = words.created_at or self.clock.now()
            if words.in_reply_to is None:
                page = self.accounts.pick(FACEBOOK, words.to)
                thing = self.post(page.id, str(person.id), words.text, media, at)
            else:
                thing = self.answer(self.living(words.in_reply_to), str(person.id), words.text, media, at)
            self._note(thing.kind, thing.id, words, person)
        return thing.id

    def message(self, words: Words) -> str:
        """The public writes to the page. ValueError: the account or message named does not exist."""
        with self.store.transaction():
            page_id = self._page_of(words)
            person = self.of_author(words.author)
            media = tuple(self.media.keep(attachment).id for attachment in words.attachments)
            kept = self.write(
                Note(
                    page_id=page_id,
                    user_id=person.id,
                    text=words.text,
                    from_page=False,
                    media=media,
                    created_at=words.created_at,
                )
            )
            self._note("message", kept.id, words, person)
        return kept.id

    def publish(self, text: str, to: str | None = None) -> str:
        """The page posts something itself, outside the desk; gives the post's id."""
        with self.store.transaction():
            page = self.accounts.pick(FACEBOOK, to)
            thing = self.post(page.id, page.id, text, (), self.clock.now())
            self.store.journal.add(
                "written", FACEBOOK, {"what": "page_post", "id": thing.id, "author_id": page.id, "text": text}
            )
        return thing.id

    def post(self, page_id: str, from_id: str, text: str, media: tuple[int, ...], at: datetime) -> Thing:
        number = self.things.next_number()
        thing = Thing(
            number=number,
            id=f"{page_id}_{number}",
            page_id=page_id,
            kind="post",
            post_id=f"{page_id}_{number}",
            parent_id=None,
            answered_id=None,
            from_id=from_id,
            created_at=at,
            updated_at=at,
            message=text,
            media=media,
        )
        self.things.keep(thing)
        return thing

    def answer(self, answered: Thing, from_id: str, text: str, media: tuple[int, ...], at: datetime) -> Thing:
        """A comment under a post or a comment: never deeper than the second level (contract section 2.5)."""
        number = self.things.next_number()
        parent = None if answered.kind == "post" else answered.parent_id or answered.id
        thing = Thing(
            number=number,
            id=f"{answered.post_id.partition('_')[2]}_{number}",
            page_id=answered.page_id,
            kind="comment",
            post_id=answered.post_id,
            parent_id=parent,
            answered_id=answered.id,
            from_id=from_id,
            created_at=at,
            updated_at=at,
            message=text,
            media=media,
        )
        self.things.keep(thing)
        self.things.touch(answered.post_id, at)
        return thing

    def write(self, note: Note) -> Message:
        """A message in the conversation of a page and a person."""
        at = note.created_at or self.clock.now()
        conversation = self.messages.between(note.page_id, note.user_id, at)
        number = self.messages.next_number()
        message = Message(
            number=number,
            id=message_id(conversation.number, number),
            conversation=conversation.number,
            from_page=note.from_page,
            created_at=at,
            text=note.text,
            about_id=note.about_id,
            media=note.media,
            metadata=note.metadata,
        )
        self.messages.keep(message)
        return message

    def edit(self, identity: str, text: str) -> None:
        """The writer changes a post or comment. ValueError: there is none."""
        with self.store.transaction():
            thing = self.living(identity)
            self.things.rewrite(thing, text)
            self.things.touch(thing.post_id, self.clock.now())
            self.store.journal.add("written", FACEBOOK, {"what": "edit", "id": thing.id, "text": text})

    def delete(self, identity: str) -> None:
        """The writer takes a post or comment back. ValueError: there is none."""
        with self.store.transaction():
            thing = self.living(identity)
            self.things.delete(thing)
            self.store.journal.add("written", FACEBOOK, {"what": "delete", "id": thing.id})

    def edit_message(self, identity: str, text: str) -> None:
        """The writer changes a message. ValueError: there is none."""
        with self.store.transaction():
            self.messages.rewrite(self._message(identity), text)
            self.store.journal.add(
                "written", FACEBOOK, {"what": "message_edited", "id": identity, "text": text}
            )

    def delete_message(self, identity: str) -> None:
        """The writer takes a message back. ValueError: there is none."""
        with self.store.transaction():
            message = self._message(identity)
            talk = self.messages.conversation(f"t_{message.conversation}")
            self.messages.delete(message)
            sides = {} if talk is None else {"page_id": talk.page_id, "person_id": str(talk.user_id)}
            self.store.journal.add("written", FACEBOOK, {"what": "message_deleted", "id": identity, **sides})

    def mention(self, author: str, text: str) -> str:
        """Somebody names the page on their own wall, which the page cannot read; gives the post's id."""
        with self.store.transaction():
            person, page = self.of_author(author), self.accounts.pick(FACEBOOK, None)
            identity = f"{person.id}_{self.store.journal.last() + 1}"
            said = {"what": "mention", "id": identity, "page_id": page.id, "author": author, "text": text}
            self.store.journal.add("written", FACEBOOK, said)
        return identity

    def _message(self, identity: str) -> Message:
        found = self.messages.get(identity)
        if found is None:
            raise ValueError(f"There is no message {identity[:80]!r} on Facebook.")
        return found

    def living(self, identity: str) -> Thing:
        """The post or comment of an id. ValueError: there is none, or it is gone."""
        found = self.things.get(identity)
        if found is None or found.gone:
            raise ValueError(f"There is no post or comment {identity[:60]!r} on Facebook.")
        return found

    def of_author(self, author: str) -> Person:
        """The person of a free name: the same number for the same name. ValueError: no name at all."""
        name = author.strip().lstrip("@").strip()
        if not name:
            raise ValueError("Say who writes: the author is empty.")
        identity = person_number(name, _FIRST_PERSON, _PEOPLE)
        self.store.execute(
            "INSERT OR IGNORE INTO fb_users VALUES (?, ?)", (identity, json.dumps({"name": name}))
        )
        return Person(id=identity, name=name)

    def person(self, identity: str) -> Person | None:
        if not identity.isdecimal() or len(identity) > 18:
            return None
        row = self.store.one("SELECT * FROM fb_users WHERE id = ?", (int(identity),))
        return None if row is None else Person(id=row["id"], name=json.loads(row["doc"])["name"])

    def name_of(self, identity: str) -> str:
        """The name that goes with a page's or person's id."""
        page = self.accounts.get(FACEBOOK, identity)
        if page is not None:
            return page.name
        person = self.person(identity)
        return "" if person is None else person.name

    def who(self, identity: str) -> dict[str, str]:
        """A page or person as others see them."""
        return {"name": self.name_of(identity), "id": identity}

    def empty(self) -> None:
        for table in TABLES:
            self.store.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own tables

    def _page_of(self, words: Words) -> str:
        if words.in_reply_to is None:
            return self.accounts.pick(FACEBOOK, words.to).id
        answered = self.messages.get(words.in_reply_to)
        conversation = None if answered is None else self.messages.conversation(f"t_{answered.conversation}")
        if conversation is None:
            raise ValueError(f"There is no message {words.in_reply_to[:80]!r} on Facebook.")
        return conversation.page_id

    def _note(self, what: str, identity: str, words: Words, person: Person) -> None:
        self.store.journal.add(
            "written",
            FACEBOOK,
            {
                "what": what,
                "id": identity,
                "author": words.author,
                "author_id": str(person.id),
                "text": words.text,
                "in_reply_to": words.in_reply_to,
            },
        )
