"""From one edge's answer to items, each readable or not."""

import hashlib
from collections.abc import Callable
from typing import Any

from connectors.facebook.client import Client
from connectors.faults import BrokenAnswer
from connectors.reading import Malformed, read_id
from connectors.verbatim import cut_elements
from inbox.incoming import Incoming, Unreadable

Read = Callable[[dict[str, Any], str], Incoming]


def pair_elements(client: Client, answer: dict[str, Any]) -> list[tuple[Any, str]]:
    """Return the answer's elements, each with its own text. Raises BrokenAnswer when it holds no list."""
    data = answer.get("data")
    if not isinstance(data, list):
        raw = client.text.encode("utf-8", "surrogatepass")
        raise BrokenAnswer("Facebook sent an answer without a list.", raw=raw)
    return list(zip(data, cut_elements(client.text), strict=True))


def read_item(item: Any, raw: str, read: Read) -> Incoming | Unreadable:
    """Return one element, read or marked as unreadable."""
    try:
        if not isinstance(item, dict):
            raise Malformed("The item is no object.")
        return read(item, raw)
    except (Malformed, AttributeError, TypeError, ValueError, RecursionError) as error:
        bytes_of_it = raw.encode("utf-8", "surrogatepass")
        return Unreadable(name_unreadable(item, bytes_of_it), bytes_of_it, str(error)[:300])


def name_unreadable(item: Any, raw: bytes) -> str:
    """Return the item's own id, or a name from its bytes, so that the same one is stored once."""
    try:
        return read_id(item)
    except Malformed:
        return f"item:{hashlib.sha256(raw).hexdigest()[:32]}"
