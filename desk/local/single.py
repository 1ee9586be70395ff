"""See to it that only one demo uses the data folder at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from desk.local.found import services_file


class AlreadyRunning(RuntimeError):
    """Another demo uses the same data folder."""


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it when the process ends, however it ends.

    Raises AlreadyRunning when somebody else holds it.
    """
    path = services_file().parent / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(
                "Digital Desk is running here already. Stop that one first (Ctrl-C where it runs), "
                "or give this one its own folder: DESK_DATA=/some/folder."
            ) from None
        yield
