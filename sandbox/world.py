"""The world: everything that exists outside the desk, and the verbs by which the public acts in it."""

from datetime import datetime
from typing import TypedDict, Unpack

from sandbox import mail
from sandbox.accounts import FACEBOOK, MAIL, Accounts, X
from sandbox.bluesky.site import Bluesky
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.graph.people import FacebookTown
from sandbox.mail import Attachment, Letter
from sandbox.mastodon.site import Mastodon
from sandbox.media import Media
from sandbox.scenarios import Player
from sandbox.settings import Settings
from sandbox.sites import Site
from sandbox.store import Store
from sandbox.words import Words
from sandbox.x.people import XTown
from sandbox.x.tokens import Tokens


class More(TypedDict, total=False):
    """What may be said besides author, text and what is answered; times are UTC.

    `to` names one of the force's accounts (the first of the channel when absent), `mention` False leaves a
    post on X without the force's name, `late` gives a post the id of its `created_at` so that it appears
    below a cursor already passed, `protected` makes an X author whose posts strangers cannot read,
    `place` ("Harrow Bridge") is where an X author says the post was written, `quotes` the post that one on X
    quotes, `group` ("The neighbours") the group of an X message, in which the force takes part.
    """

    to: str | None
    created_at: datetime | None
    attachments: tuple[Attachment, ...]
    mention: bool
    late: bool
    protected: bool
    place: str | None
    quotes: str | None
    group: str | None


class World:
    """Opened once for a run; every HTTP page, server and scenario acts through it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store.open(settings.data)
        self.clock = Clock(self.store)
        self.journal = self.store.journal
        self.journal.now = self.clock.now
        self.faults = Faults(self.journal)
        self.accounts = Accounts(self.store)
        self.media = Media(self.store, settings.base)
        self.x = XTown(self.store, self.clock, self.accounts, self.media)
        self.x_tokens = Tokens(self.store, self.accounts)
        self.facebook = FacebookTown(self.store, self.clock, self.accounts, self.media)
        parts = (self.store, self.clock, self.accounts, self.media)
        self.bluesky, self.mastodon = Bluesky(*parts), Mastodon(*parts)
        sites: tuple[Site, ...] = (self.bluesky, self.mastodon)
        self.sites = {site.channel: site for site in sites}
        self._open_mailboxes()
        self.player = Player(self)

    def post_on_x(self, author: str, text: str, in_reply_to: str | None = None, **more: Unpack[More]) -> str:
        """A public post, gives its id. ValueError: what is answered or addressed does not exist."""
        return self.x.post(Words(author=author, text=text, in_reply_to=in_reply_to, **more))

    def message_on_x(
        self, author: str, text: str, in_reply_to: str | None = None, **more: Unpack[More]
    ) -> str:
        """A direct message to the force, gives its event id. ValueError as above."""
        return self.x.message(Words(author=author, text=text, in_reply_to=in_reply_to, **more))

    def comment_on_facebook(
        self, author: str, text: str, in_reply_to: str | None = None, **more: Unpack[More]
    ) -> str:
        """A comment under `in_reply_to`, or a visitor's post on the page when that is None; gives its id."""
        return self.facebook.comment(Words(author=author, text=text, in_reply_to=in_reply_to, **more))

    def message_on_facebook(
        self, author: str, text: str, in_reply_to: str | None = None, **more: Unpack[More]
    ) -> str:
        """A message to the page in Messenger, gives its id."""
        return self.facebook.message(Words(author=author, text=text, in_reply_to=in_reply_to, **more))

    def send_mail(
        self,
        author: str,
        text: str,
        subject: str | None = None,
        in_reply_to: str | None = None,
        **more: Unpack[More],
    ) -> str:
        """A mail to the force, gives its Message-ID. `in_reply_to` is the Message-ID of a mail received."""
        letter = Letter(
            author=author,
            text=text,
            subject=subject,
            in_reply_to=in_reply_to,
            to=self.accounts.pick(MAIL, more.get("to")).id,
            created_at=more.get("created_at"),
            attachments=more.get("attachments", ()),
        )
        return mail.deliver(self.store, self.clock, letter)

    def post_on(
        self, channel: str, author: str, text: str, in_reply_to: str | None = None, **more: Unpack[More]
    ) -> str:
        """A public post on a channel of `sites`, gives its id. ValueError as `post_on_x`."""
        return self.sites[channel].post(Words(author=author, text=text, in_reply_to=in_reply_to, **more))

    def message_on(
        self, channel: str, author: str, text: str, in_reply_to: str | None = None, **more: Unpack[More]
    ) -> str:
        """A private message on a channel of `sites`, gives its id. ValueError as `post_on_x`."""
        return self.sites[channel].message(Words(author=author, text=text, in_reply_to=in_reply_to, **more))

    def open_account(self, channel: str, name: str) -> dict[str, object]:
        """A further account of the force, with its credentials. ValueError as `Accounts.open`."""
        account = self.accounts.open(channel, name)
        if channel == MAIL:
            mail.create_account(self.store, account.handle, account.credentials["password"])
        return account.as_dict()

    def empty(self) -> None:
        """Nobody has written anything; accounts are the first ones; the journal's numbers go on."""
        self.player.stop()
        with self.store.transaction():
            mail.empty(self.store)
            for part in (self.x, self.x_tokens, self.facebook, self.media, self.accounts):
                part.empty()
            for site in self.sites.values():
                site.empty()
            self.store.execute("DELETE FROM journal")
            self.clock.set_right()
            self.faults.clear()
            self._open_mailboxes()

    def close(self) -> None:
        self.player.stop()
        self.store.close()

    def _open_mailboxes(self) -> None:
        for account in self.accounts.all(MAIL):
            mail.create_account(self.store, account.handle, account.credentials["password"])


__all__ = ["FACEBOOK", "MAIL", "More", "World", "X"]
