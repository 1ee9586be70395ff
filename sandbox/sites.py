"""The channels that are one folder each: what the town, the scripts and the scenarios ask of such a folder.

X, Facebook and mail came before this and are named where they are used. A further channel brings an `Issuer`
(added to issuers.py), a `Site` (world.py), its addresses (app.py) and its threads (town/page.py).
"""

from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.words import Words

Answers = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Answer:
    """The newest thing the desk said after a line; `private` when it stands in a private conversation."""

    id: str
    private: bool


class Site(Protocol):
    """One channel's people and rules."""

    channel: str

    def post(self, words: Words) -> str:
        """The public writes for everybody. ValueError: what is answered or addressed does not exist."""
        ...

    def message(self, words: Words) -> str:
        """The public writes to the force alone. ValueError as `post`."""
        ...

    def edit(self, identity: str, text: str) -> str:
        """The author changes a post; gives its id. ValueError: there is none, or the channel has no edits."""
        ...

    def delete(self, identity: str) -> None:
        """The author takes something back. ValueError: there is nothing of this id."""
        ...

    def replies(self, identity: str) -> Answers | None:
        """What the desk answered, {"public": [...], "private": [...]}; None when nothing has this id."""
        ...

    def answer_to(self, identity: str) -> Answer | None:
        """The desk's newest answer to something, None while there is none."""
        ...

    def break_tokens(self, account_id: str, how: str) -> None:
        """Every access of the account is "revoked" or "expired" from now on."""
        ...

    def keep_to_real_limits(self, real: bool) -> None:
        """Count as the platform does, or a hundred times as generously; counting begins anew."""
        ...

    def empty(self) -> None:
        """Nobody has written anything."""
        ...
