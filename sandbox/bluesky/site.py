"""Bluesky as the world knows it."""

from sandbox.accounts import Accounts
from sandbox.bluesky import answers
from sandbox.bluesky.issuer import BLUESKY
from sandbox.bluesky.people import BlueskyTown
from sandbox.buckets import Buckets
from sandbox.clock import Clock
from sandbox.media import Media
from sandbox.sites import Answer, Answers
from sandbox.store import Store
from sandbox.words import Words


class Bluesky:
    """A `sites.Site`."""

    channel = BLUESKY

    def __init__(self, store: Store, clock: Clock, accounts: Accounts, media: Media) -> None:
        self.town = BlueskyTown(store, clock, accounts, media)
        self.buckets = Buckets()

    def post(self, words: Words) -> str:
        return self.town.post(words)

    def message(self, words: Words) -> str:
        return self.town.message(words)

    def edit(self, identity: str, text: str) -> str:
        raise ValueError("Posts on Bluesky cannot be changed, only deleted.")

    def delete(self, identity: str) -> None:
        self.town.delete(identity)

    def replies(self, identity: str) -> Answers | None:
        return answers.replies(self.town, identity)

    def answer_to(self, identity: str) -> Answer | None:
        return answers.answer_to(self.town, identity)

    def break_tokens(self, account_id: str, how: str) -> None:
        """Expired: the access token ended. Revoked: the app password was taken back with all sessions."""
        revoked = how == "revoked"
        self.town.sessions.expire(account_id, everything=revoked)
        if revoked:
            self.town.accounts.break_token(self.town.accounts.pick(BLUESKY, account_id), how)

    def keep_to_real_limits(self, real: bool) -> None:
        self.buckets.keep_to_real(real)

    def empty(self) -> None:
        self.town.empty()
        self.buckets.keep_to_real(self.buckets.real)
