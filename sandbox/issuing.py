"""What a channel of the sandbox says of the force's accounts on it, before the world is there."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """`name` is what people call the channel, `to` whom they address there, `first` (id, name, handle).

    `name_account` makes (id, handle) of a further account from its number and a plain name.
    """

    channel: str
    name: str
    to: str
    first: tuple[str, str, str]
    name_account: Callable[[int, str], tuple[str, str]]
    give_credentials: Callable[[int], dict[str, str]]
