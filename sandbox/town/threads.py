"""What a person of the public sees: threads, newest first, each with everything said in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from sandbox.media import Item
from sandbox.world import World

T = TypeVar("T")

SCANNED = 300  # how far back one look goes; older threads move up again when somebody writes in them
SHOWN = 30
LAST = 40


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing somebody said; `ours` when the force said it."""

    id: str
    by: str
    handle: str
    ours: bool
    at: datetime
    text: str
    pictures: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Thread:
    """`reply_to` is the id that an answer of the person `as_who` refers to."""

    key: str
    title: str
    handle: str
    private: bool
    said: tuple[Said, ...]
    reply_to: str
    as_who: str
    subject: str = ""

    @property
    def initials(self) -> str:
        words = [word for word in self.title.replace("_", " ").split() if word[0].isalnum()]
        return "".join(word[0] for word in words[:2]).upper() or "?"

    @property
    def moved(self) -> datetime:
        return self.said[-1].at

    @property
    def answered(self) -> bool:
        return self.said[-1].ours


def first(seen: Iterable[T]) -> list[T]:
    return list(seen)[:SHOWN]


def newest(threads: Iterable[Thread | None]) -> list[Thread]:
    return sorted((each for each in threads if each), key=lambda each: each.moved, reverse=True)[:SHOWN]


def pictures(world: World, media: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    """(path, text for those who cannot see it, else its name) of every picture."""
    return tuple(
        (_path(item), item.alt_text or item.name)
        for item in world.media.items(list(media))
        if item.type.startswith("image/")
    )


def files(world: World, media: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    """(path, name) of everything that is no picture."""
    return tuple(
        (_path(item), item.name)
        for item in world.media.items(list(media))
        if not item.type.startswith("image/")
    )


def _path(item: Item) -> str:
    return f"/media/{item.id}/{quote(item.name)}"
