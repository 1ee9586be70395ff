"""From one answer of X to items, each readable or not, with the number that orders it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.faults import BrokenAnswer
from connectors.reading import Malformed
from connectors.twitter.parse import Includes, read_includes
from connectors.verbatim import cut_elements
from inbox.incoming import Incoming, Unreadable

LONGEST_NUMBER = 20
Parse = Callable[..., Incoming]


@dataclass(frozen=True)
class Found:
    """One item with the number that orders it; `moves` says whether it may move its stream's cursor."""

    number: int
    stream: str
    item: Incoming | Unreadable
    latest: str = ""
    moves: bool = True


def read_items(
    answer: dict[str, Any],
    stream: str,
    parse: Parse,
    keep: Callable[[dict[str, Any]], bool] = lambda item: True,
) -> list[Found]:
    """Return the answer's items. Raises BrokenAnswer when it is no answer to a reading call at all.

    One that cannot be read stands among the others as Unreadable, at the place where it came.
    """
    data = answer.get("data", [])
    if not isinstance(data, list) or ("data" not in answer and "meta" not in answer):
        raw = answer["_text"].encode("utf-8", "surrogatepass")
        raise BrokenAnswer("X sent an answer without posts and without a count.", raw=raw)
    includes = read_includes(answer)
    found: list[Found] = []
    number = 0
    for item, raw in zip(data, cut_elements(answer["_text"]), strict=True):
        if isinstance(item, dict) and not keep(item):
            continue
        number = read_number(item) or number
        found.append(read_item(item, raw, includes, parse, Found(number, stream, UNREAD)))
    return found


UNREAD = Unreadable(remote_id="", raw=b"", problem="")


def read_item(item: Any, raw: str, includes: Includes, parse: Parse, found: Found) -> Found:
    """Return one item, read or marked as unreadable."""
    moves = bool(read_number(item))
    try:
        if not isinstance(item, dict):
            raise Malformed("The item is no object.")
        read = parse(item, includes, raw=raw)
    except (Malformed, AttributeError, TypeError, ValueError, RecursionError) as error:
        unreadable = Unreadable(
            name_unreadable(item, raw), raw.encode("utf-8", "surrogatepass"), str(error)[:300]
        )
        return Found(found.number, found.stream, unreadable, moves=moves)
    return Found(found.number, found.stream, read, latest=str(item.get("id")), moves=moves)


def read_number(item: Any) -> int:
    """Return an item's id as a number, 0 when it has none."""
    value = item.get("id") if isinstance(item, dict) else None
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else 0


def name_unreadable(item: Any, raw: str) -> str:
    """Return the item's own id, or a name from its bytes, so that the same one is stored once."""
    number = read_number(item)
    if number:
        return str(number)
    return f"item:{hashlib.sha256(raw.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
