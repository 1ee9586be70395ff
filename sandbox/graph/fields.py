"""The language of `fields`: names, arguments in brackets, fields of what is inside in braces."""

import re
from dataclasses import dataclass, field

from sandbox.graph.errors import refuse

_NAME = re.compile(r"\s*([A-Za-z0-9_]+)\s*")
_ARGUMENT = re.compile(r"\.([a-z_]+)\(([^()]*)\)")
_DEEPEST = 6


@dataclass(frozen=True)
class Field:
    """`comments.limit(0).summary(true){id}`: name, arguments and inner fields (None: the default ones)."""

    name: str
    arguments: dict[str, str] = field(default_factory=dict)
    inner: tuple["Field", ...] | None = None


def parse(text: str) -> tuple[Field, ...]:
    """The fields of a `fields` parameter. Refused (100): it cannot be read."""
    found, place = _list(text, 0, 0)
    if place != len(text):
        raise _unreadable(text)
    return found


def _list(text: str, place: int, depth: int) -> tuple[tuple[Field, ...], int]:
    """Fields from `place` on, up to a closing brace or the end."""
    if depth > _DEEPEST:
        raise _unreadable(text)
    found: list[Field] = []
    while place < len(text):
        name = _NAME.match(text, place)
        if name is None:
            raise _unreadable(text)
        place = name.end()
        arguments, place = _arguments(text, place)
        inner: tuple[Field, ...] | None = None
        if text[place : place + 1] == "{":
            inner, place = _list(text, place + 1, depth + 1)
            if text[place : place + 1] != "}":
                raise _unreadable(text)
            place += 1
        found.append(Field(name.group(1), arguments, inner))
        if text[place : place + 1] != ",":
            break
        place += 1
    return tuple(found), place


def _arguments(text: str, place: int) -> tuple[dict[str, str], int]:
    arguments: dict[str, str] = {}
    while (match := _ARGUMENT.match(text, place)) is not None:
        arguments[match.group(1)] = match.group(2)
        place = match.end()
    return arguments, place


def _unreadable(text: str) -> Exception:
    return refuse(2500, f"Syntax error in the fields parameter: {text[:100]}")
