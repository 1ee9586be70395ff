"""Mastodon as people use it: they post, answer, edit, delete, and write to the force alone."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from sandbox.accounts import Account, Accounts
from sandbox.clock import Clock
from sandbox.folk import Folk
from sandbox.mastodon.issuer import MASTODON, SERVER
from sandbox.mastodon.schema import SCHEMA, TABLES, Status
from sandbox.mastodon.statuses import Statuses
from sandbox.media import Media
from sandbox.store import Store
from sandbox.words import Words

FAR = "town.example"
"""The public lives on another server than the force, so that names have two halves."""
NAMED = re.compile(r"(?<![\w/@])@(\w+(?:[.-]+\w+)*)(?:@([\w-]+(?:\.[\w-]+)+))?")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A status about to be written, by anybody."""

    author: str
    text: str
    visibility: str
    parent: Status | None = None
    media: tuple[int, ...] = ()
    spoiler: str = ""
    created_at: datetime | None = None


class MastodonTown:
    """Statuses and people with the rules of a server, whoever acts."""

    def __init__(self, store: Store, clock: Clock, accounts: Accounts, media: Media) -> None:
        store.create(SCHEMA)
        self.store, self.clock, self.accounts, self.media = store, clock, accounts, media
        self.statuses, self.folk = Statuses(store), Folk(store, MASTODON)

    def write(self, words: Words, visibility: str) -> str:
        """The public writes. ValueError: what is answered or addressed does not exist."""
        with self.store.transaction():
            parent = None if words.in_reply_to is None else self.living(words.in_reply_to)
            if parent is not None and parent.visibility == "direct":
                visibility = "direct"
            author = f"{self.folk.of_author(words.author).handle}@{FAR}"
            text = self._addressed(words, author, parent)
            media = tuple(self.media.keep(attachment).id for attachment in words.attachments)
            status = self.publish(
                Draft(
                    author=author,
                    text=text,
                    visibility=visibility,
                    parent=parent,
                    media=media,
                    created_at=words.created_at,
                )
            )
            self.store.journal.add(
                "written",
                MASTODON,
                {
                    "what": visibility,
                    "id": str(status.id),
                    "author": words.author,
                    "author_id": author,
                    "text": text,
                    "in_reply_to": words.in_reply_to,
                },
            )
        return str(status.id)

    def publish(self, draft: Draft) -> Status:
        """Make a status of a draft, whoever wrote it."""
        now = self.clock.now()
        status = Status(
            id=self.statuses.next_id(now),
            author=draft.author,
            text=draft.text,
            visibility=draft.visibility,
            created_at=draft.created_at or now,
            parent_id=None if draft.parent is None else draft.parent.id,
            spoiler=draft.spoiler,
            mentions=self.named(draft.text, draft.author),
            media=draft.media,
        )
        self.statuses.keep(status)
        return status

    def edit(self, identity: str, text: str) -> str:
        """The author changes a status; its id stays. ValueError: no such living status."""
        with self.store.transaction():
            old = self.living(identity)
            named = self.named(text, old.author)
            lost = [name for name in old.mentions if name not in named]
            text = "".join(f"@{self.shown(name)} " for name in lost) + text
            fresh = replace(old, text=text, edited_at=self.clock.now())
            self.statuses.keep(replace(fresh, mentions=self.named(text, old.author)))
            self.store.journal.add("written", MASTODON, {"what": "edit", "id": identity, "text": text})
        return identity

    def delete(self, identity: str) -> None:
        """The author takes a status back. ValueError: no such living status."""
        with self.store.transaction():
            self.statuses.delete(self.living(identity).id)
            self.store.journal.add("written", MASTODON, {"what": "delete", "id": identity})

    def living(self, identity: str) -> Status:
        found = self.statuses.get(identity)
        if found is None or found.gone:
            raise ValueError(f"There is no status {identity[:40]!r} on Mastodon.")
        return found

    def is_force(self, author: str) -> bool:
        return "@" not in author

    def account_of(self, author: str) -> Account | None:
        """The force's account that an author is, None for the public."""
        return self.accounts.by_handle(MASTODON, author) if self.is_force(author) else None

    def name_of(self, author: str) -> str:
        account = self.account_of(author)
        person = None if account else self.folk.named(author.partition("@")[0])
        return account.name if account else person.name if person else author

    def named(self, text: str, author: str) -> tuple[str, ...]:
        """Whom a text mentions, each once, the author left out."""
        found = [self._known(match[1], match[2] or "") for match in NAMED.finditer(text)]
        return tuple(dict.fromkeys(name for name in found if name and name != author))

    def shown(self, author: str) -> str:
        """A name as the public has to type it."""
        return f"{author}@{SERVER}" if self.is_force(author) else author

    def may_see(self, author: str, status: Status) -> bool:
        """Whether an account sees a status (contract section 8: a message is a status for those it names)."""
        return status.visibility in ("public", "unlisted") or author in (status.author, *status.mentions)

    def empty(self) -> None:
        for table in TABLES:
            self.store.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own tables
        self.folk.empty()

    def _known(self, name: str, server: str) -> str:
        if server.lower() == FAR:
            person = self.folk.named(name)
            return "" if person is None else f"{person.handle}@{FAR}"
        if server.lower() not in ("", SERVER):
            return ""
        account = self.accounts.by_handle(MASTODON, name)
        return "" if account is None else account.handle

    def _addressed(self, words: Words, author: str, parent: Status | None) -> str:
        """The text with the names in front that a program for Mastodon puts there."""
        wanted: list[str] = []
        if parent is not None:
            wanted += [parent.author, *parent.mentions]
        if words.mention and (parent is None or parent.visibility == "direct"):
            wanted.append(self.accounts.pick(MASTODON, words.to).handle)
        present = {author, *self.named(words.text, author)}
        missing = [name for name in dict.fromkeys(wanted) if name not in present]
        return "".join(f"@{self.shown(name)} " for name in missing) + words.text
