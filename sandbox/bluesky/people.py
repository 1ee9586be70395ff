"""Bluesky as people use it: they post, answer, delete, and write in the chat."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.accounts import Account, Accounts
from sandbox.bluesky.issuer import BLUESKY
from sandbox.bluesky.names import FAR, POSTS, cid_of, did_of, tid_at
from sandbox.bluesky.posts import Posts
from sandbox.bluesky.schema import SCHEMA, TABLES, Post
from sandbox.bluesky.sessions import Sessions
from sandbox.bluesky.talks import Talks
from sandbox.clock import Clock
from sandbox.folk import Folk
from sandbox.mail import Attachment
from sandbox.media import Media
from sandbox.store import Store
from sandbox.words import Words

NAMED = re.compile(r"(?<![\w@])@((?:[A-Za-z0-9-]+\.)+[A-Za-z]+)")


@dataclass(frozen=True)
class User:
    did: str
    handle: str
    name: str
    force: bool


class BlueskyTown:
    """Posts, chat and people, whoever acts."""

    def __init__(self, store: Store, clock: Clock, accounts: Accounts, media: Media) -> None:
        store.create(SCHEMA)
        self.store, self.clock, self.accounts, self.media = store, clock, accounts, media
        self.posts, self.talks, self.sessions = Posts(store), Talks(store), Sessions(store)
        self.folk = Folk(store, BLUESKY)

    def post(self, words: Words) -> str:
        """The public posts. ValueError: the post answered or the account addressed does not exist."""
        with self.store.transaction():
            parent = None if words.in_reply_to is None else self.living(words.in_reply_to)
            author = self.of_author(words.author)
            if words.protected:
                self.store.execute("INSERT OR IGNORE INTO bsky_closed VALUES (?)", (author.did,))
            text = words.text if parent or not words.mention else self._addressed(words.text, words.to)
            record = self.make_record(text, parent, words.created_at or self.clock.now())
            if words.attachments:
                record["embed"] = self._pictures(words.attachments)
            rkey = tid_at(self.clock.now(), self.posts.next_number())
            post = self.publish(f"at://{author.did}/{POSTS}/{rkey}", record, closed=words.protected)
            self._note("post", post.uri, words, author)
        return post.uri

    def message(self, words: Words) -> str:
        """A private message to the force. ValueError as `post`."""
        with self.store.transaction():
            author = self.of_author(words.author)
            account = self._account_of(words)
            talk = self.talks.of_pair(account.id, author.did, "request")
            at = words.created_at or self.clock.now()
            message = self.talks.say(talk, author.did, words.text, self.facets(words.text), at)
            self._note("message", message.id, words, author)
        return message.id

    def publish(self, uri: str, record: dict[str, Any], *, closed: bool = False) -> Post:
        """Index a record and tell whom it concerns. sqlite3.IntegrityError: the address is taken."""
        post = self.posts.keep(uri, record, self.clock.now(), closed=closed)
        for account in self.accounts.all(BLUESKY):
            reason, subject = self._reason(post, account.id)
            if reason and post.author != account.id:
                self.posts.notify(account.id, post, reason, subject)
        return post

    def delete(self, identity: str) -> None:
        """The author takes a post back. ValueError: no such living post."""
        with self.store.transaction():
            self.posts.delete(self.living(identity).uri)
            self.store.journal.add("written", BLUESKY, {"what": "delete", "id": identity})

    def living(self, uri: str) -> Post:
        found = self.posts.get(uri)
        if found is None or found.gone:
            raise ValueError(f"There is no post {uri[:80]!r} on Bluesky.")
        return found

    def make_record(self, text: str, parent: Post | None, at: datetime) -> dict[str, Any]:
        record: dict[str, Any] = {
            "$type": POSTS,
            "text": text,
            "createdAt": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "langs": ["en"],
        }
        if parent is not None:
            root = self.posts.get(parent.root_uri) or parent
            record["reply"] = {"root": self.reference(root), "parent": self.reference(parent)}
        facets = self.facets(text)
        return {**record, "facets": facets} if facets else record

    def reference(self, post: Post) -> dict[str, str]:
        return {"uri": post.uri, "cid": cid_of(post.record)}

    def facets(self, text: str) -> list[dict[str, Any]]:
        """Mentions and links, by their places in the bytes of the text (contract section 7)."""
        found = []
        for match in NAMED.finditer(text):
            user = self.by_handle(match[1])
            if user is not None:
                feature = {"$type": "app.bsky.richtext.facet#mention", "did": user.did}
                found.append(_facet(text, match.span(), feature))
        for match in re.finditer(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}]", text):
            feature = {"$type": "app.bsky.richtext.facet#link", "uri": match[0]}
            found.append(_facet(text, match.span(), feature))
        return found

    def user(self, did: str) -> User:
        """Whoever has a did. LookupError: nobody was ever called so."""
        account = self.accounts.get(BLUESKY, did)
        if account is not None:
            return User(account.id, account.handle, account.name, force=True)
        row = self.store.one("SELECT value FROM memory WHERE key = ?", (f"bsky:{did}",))
        person = None if row is None else self.folk.named(row["value"])
        if person is None:
            raise LookupError(f"no user {did}")
        return User(did, _handle(person.handle), person.name, force=False)

    def of_author(self, author: str) -> User:
        person = self.folk.of_author(author.replace("-", "_") if author.startswith("@") else author)
        did = did_of(person.handle)
        self.store.remember(f"bsky:{did}", person.handle)
        return User(did, _handle(person.handle), person.name, force=False)

    def by_handle(self, handle: str) -> User | None:
        account = self.accounts.by_handle(BLUESKY, handle)
        if account is not None:
            return self.user(account.id)
        first, _, rest = handle.lower().partition(".")
        person = self.folk.named(first.replace("-", "_")) if rest == FAR else None
        return None if person is None else self.of_author(f"@{person.handle}")

    def is_closed(self, did: str) -> bool:
        """Whether a person takes no messages."""
        return self.store.one("SELECT 1 FROM bsky_closed WHERE did = ?", (did,)) is not None

    def keep_blob(self, attachment: Attachment, alt: str = "") -> dict[str, Any]:
        """Keep a file; gives the reference by which records name it."""
        item = self.media.keep(attachment)
        if alt:
            self.media.describe(item.id, alt)
        cid = cid_of(attachment.content).replace("bafyrei", "bafkrei")
        self.store.execute("INSERT OR REPLACE INTO bsky_blobs VALUES (?, ?)", (cid, item.id))
        return {"$type": "blob", "ref": {"$link": cid}, "mimeType": item.type, "size": item.size}

    def blob(self, cid: str) -> int | None:
        """The media id of a blob."""
        row = self.store.one("SELECT media FROM bsky_blobs WHERE cid = ?", (cid,))
        return None if row is None else int(row["media"])

    def media_of(self, record: dict[str, Any]) -> tuple[int, ...]:
        images = (record.get("embed") or {}).get("images") or []
        found = [self.blob(image["image"]["ref"]["$link"]) for image in images]
        return tuple(one for one in found if one is not None)

    def empty(self) -> None:
        for table in TABLES:
            self.store.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own tables
        self.store.forget("bsky:")
        self.folk.empty()

    def _reason(self, post: Post, account: str) -> tuple[str, str | None]:
        for uri in (post.parent_uri, post.root_uri):
            if uri and uri != post.uri and uri.split("/")[2] == account:
                return "reply", uri
        features = [one for facet in post.record.get("facets") or [] for one in facet["features"]]
        if any(one.get("did") == account for one in features):
            return "mention", None
        quoted = ((post.record.get("embed") or {}).get("record") or {}).get("uri", "")
        return ("quote", quoted) if quoted.split("/")[2:3] == [account] else ("", None)

    def _addressed(self, text: str, to: str | None) -> str:
        handle = self.accounts.pick(BLUESKY, to).handle
        return text if f"@{handle}" in text.lower() else f"@{handle} {text}"

    def _account_of(self, words: Words) -> Account:
        message = None if words.in_reply_to is None else self.talks.message(words.in_reply_to)
        if words.in_reply_to is not None and message is None:
            raise ValueError(f"There is no private message {words.in_reply_to[:40]!r} on Bluesky.")
        talk = None if message is None else self.talks.get(message.talk)
        return self.accounts.pick(BLUESKY, talk.account if talk else words.to)

    def _pictures(self, attachments: tuple[Attachment, ...]) -> dict[str, Any]:
        images = [{"alt": one.name, "image": self.keep_blob(one, one.name)} for one in attachments[:4]]
        return {"$type": "app.bsky.embed.images", "images": images}

    def _note(self, what: str, identity: str, words: Words, author: User) -> None:
        data = {
            "what": what,
            "id": identity,
            "author": words.author,
            "author_id": author.did,
            "text": words.text,
            "in_reply_to": words.in_reply_to,
        }
        self.store.journal.add("written", BLUESKY, data)


def _facet(text: str, span: tuple[int, int], feature: dict[str, str]) -> dict[str, Any]:
    start, end = (len(text[:place].encode("utf-8", "surrogatepass")) for place in span)
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def _handle(name: str) -> str:
    return f"{name.replace('_', '-')}.{FAR}"
