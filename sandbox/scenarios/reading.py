"""Scenario files: what stands in them, checked when they are read."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sandbox.issuers import ISSUERS

HERE = Path(__file__).parent
KEYS = frozenset({"where", "by", "says", "subject", "at", "after", "answered", "privately", "then"})
WAYS = ("", " private")
PICTURE_KEYS = frozenset({"picture", "pictures"})
FURTHER = tuple(f"{channel}{way}" for channel in ISSUERS for way in WAYS)
VOICES = ("x", "x private", "facebook", "facebook private", "mail", *FURTHER)


class BadScenario(Exception):
    """A scenario file cannot be followed; the text names the file and the place in it."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that somebody says.

    `at`: seconds from the beginning (in a story), `after`: seconds from the line it follows, `answered`:
    seconds from the desk's answer to that line. `privately`: a follow-up that leaves the public thread.
    """

    where: tuple[str, ...] = ()
    by: str = ""
    says: str
    subject: str | None = None
    at: float = 0.0
    after: float = 0.0
    answered: float | None = None
    privately: bool = False
    pictures: tuple[str, ...] = ()
    then: tuple["Line", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """`count` people within `over` seconds from `at`; `where` weighs channels where lines name none."""

    at: float
    over: float
    count: int
    lines: tuple[Line, ...]
    where: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Background:
    """Lines, one every `shortest` to `longest` seconds for `lasts` seconds, thinning out at the end."""

    shortest: float
    longest: float
    lasts: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    name: str
    title: str
    about: str
    story: tuple[Line, ...]
    crowds: tuple[Crowd, ...]
    background: Background | None


def catalogue() -> list[Scenario]:
    """Every scenario there is, by name."""
    return [load(path.stem) for path in sorted((HERE / "stories").glob("*.yaml"))]


@cache
def load(name: str) -> Scenario:
    """KeyError: there is no such scenario. BadScenario: its file says something that cannot be played."""
    path = HERE / "stories" / f"{name}.yaml"
    if not name.replace("-", "").isalnum() or not path.is_file():
        raise KeyError(name)
    try:
        return _scenario(name, yaml.safe_load(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise BadScenario(f"{path.name}: {error}") from error


@cache
def invented() -> dict[str, list[str]]:
    """Names and places that do not exist, by kind."""
    found: dict[str, list[str]] = yaml.safe_load((HERE / "invented.yaml").read_text(encoding="utf-8"))
    return found


@cache
def pool(name: str) -> tuple[Line, ...]:
    """KeyError: there is no such pool of lines."""
    path = HERE / "pools" / f"{name}.yaml"
    if not path.is_file():
        raise KeyError(f"no pool {name}")
    return _lines(yaml.safe_load(path.read_text(encoding="utf-8"))["lines"])


def _scenario(name: str, said: dict[str, Any]) -> Scenario:
    return Scenario(
        name=name,
        title=str(said["title"]),
        about=" ".join(str(said["about"]).split()),
        story=_lines(said.get("story", ())),
        crowds=tuple(_crowd(crowd) for crowd in said.get("crowd", ())),
        background=_background(said["background"]) if "background" in said else None,
    )


def _lines(said: list[dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(_line(one) for one in said)


def _line(said: dict[str, Any]) -> Line:
    extra = set(said) - KEYS - PICTURE_KEYS
    if extra:
        raise ValueError(f"unknown words {sorted(extra)}")
    return Line(
        where=_voices(said.get("where", ())),
        by=str(said.get("by", "")),
        says=_unwrapped(str(said["says"])),
        subject=said.get("subject"),
        at=float(said.get("at", 0)),
        after=float(said.get("after", 0)),
        answered=None if "answered" not in said else float(said["answered"]),
        privately=bool(said.get("privately", False)),
        pictures=tuple([said["picture"]] if "picture" in said else said.get("pictures", ())),
        then=_lines(said.get("then", ())),
    )


def _unwrapped(text: str) -> str:
    """Paragraphs without the line breaks that the file's own width made; short lines stay lines."""
    return re.sub(r"(?m)(?<=^.{60})(.*)\n(?=\S)", r"\1 ", text.strip())


def _voices(said: str | list[str]) -> tuple[str, ...]:
    voices = (said,) if isinstance(said, str) else tuple(said)
    for voice in voices:
        if voice not in VOICES:
            raise ValueError(f"nobody can write on {voice!r}")
    return voices


def _crowd(said: dict[str, Any]) -> Crowd:
    if "from" in said:
        lines = pool(said["from"])
    else:
        lines = tuple(Line(says=text, subject=said.get("subject")) for text in said["says"])
    where = dict(said.get("where", {"x": 1}))
    _voices(list(where))
    return Crowd(
        at=float(said["at"]),
        over=float(said["over"]),
        count=int(said["count"]),
        lines=lines,
        where=where,
    )


def _background(said: dict[str, Any]) -> Background:
    shortest, longest = said["every"]
    lines = tuple(line for name in said["from"] for line in pool(name))
    return Background(shortest=float(shortest), longest=float(longest), lasts=float(said["for"]), lines=lines)
