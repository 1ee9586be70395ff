"""People on the channels that are one folder each: whoever the town lets speak, known by a handle."""

import re
from dataclasses import dataclass

from sandbox.ids import person_number
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS folk (
  channel TEXT NOT NULL,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (channel, handle)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Person:
    """`handle` is lower-case ASCII letters, digits and underscores; the same name gives the same one."""

    handle: str
    name: str


class Folk:
    """The people of one channel."""

    def __init__(self, store: Store, channel: str) -> None:
        store.create(SCHEMA)
        self._store, self._channel = store, channel

    def of_author(self, author: str) -> Person:
        """The person of a free name or "@handle". ValueError: no name at all."""
        name = author.strip()
        bare = name.lstrip("@").partition("@")[0] if name.startswith("@") else name
        if not bare.strip():
            raise ValueError("Say who writes: the author is empty.")
        handle = _slug(bare.partition(".")[0] if name.startswith("@") else bare)
        known = self.named(handle)
        if known is not None:
            return known
        shown = bare.encode("utf-8", "replace").decode().replace("\x00", "")
        self._store.execute("INSERT INTO folk VALUES (?, ?, ?)", (self._channel, handle, shown))
        return Person(handle, shown)

    def named(self, handle: str) -> Person | None:
        row = self._store.one(
            "SELECT handle, name FROM folk WHERE channel = ? AND handle = ?", (self._channel, handle.lower())
        )
        return None if row is None else Person(row["handle"], row["name"])

    def empty(self) -> None:
        self._store.execute("DELETE FROM folk WHERE channel = ?", (self._channel,))


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:24].strip("_")
    return slug or f"person_{person_number(name, 10_000, 90_000)}"
