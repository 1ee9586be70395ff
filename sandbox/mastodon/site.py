"""Mastodon as the world knows it."""

from sandbox.accounts import Accounts
from sandbox.buckets import Buckets
from sandbox.clock import Clock
from sandbox.mastodon import answers
from sandbox.mastodon.issuer import MASTODON
from sandbox.mastodon.people import MastodonTown
from sandbox.media import Media
from sandbox.sites import Answer, Answers
from sandbox.store import Store
from sandbox.words import Words


class Mastodon:
    """A `sites.Site`."""

    channel = MASTODON

    def __init__(self, store: Store, clock: Clock, accounts: Accounts, media: Media) -> None:
        self.town = MastodonTown(store, clock, accounts, media)
        self.buckets = Buckets()

    def post(self, words: Words) -> str:
        return self.town.write(words, "public")

    def message(self, words: Words) -> str:
        return self.town.write(words, "direct")

    def edit(self, identity: str, text: str) -> str:
        return self.town.edit(identity, text)

    def delete(self, identity: str) -> None:
        self.town.delete(identity)

    def replies(self, identity: str) -> Answers | None:
        return answers.replies(self.town, identity)

    def answer_to(self, identity: str) -> Answer | None:
        return answers.answer_to(self.town, identity)

    def break_tokens(self, account_id: str, how: str) -> None:
        """Tokens have no end here: expired is the same as revoked."""
        self.town.accounts.break_token(self.town.accounts.pick(MASTODON, account_id), how)

    def keep_to_real_limits(self, real: bool) -> None:
        self.buckets.keep_to_real(real)

    def empty(self) -> None:
        self.town.empty()
        self.buckets.keep_to_real(self.buckets.real)
