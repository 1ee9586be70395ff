from sandbox.mail.compose import Letter
from sandbox.mail.world_types import ClockLike, StoreLike


def deliver(store: StoreLike, clock: ClockLike, letter: Letter) -> str:
    """Put a letter of the public into the force's mailbox; gives its Message-ID. ValueError on bad input."""
    raise NotImplementedError
