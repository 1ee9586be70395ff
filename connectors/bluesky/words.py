"""A post's text and its facets: what is a link or a name, by places in the bytes (contract section 7)."""

import re
from typing import Any

from connectors.reading import read_dict, read_list, read_text

LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)
LINK_FACET = "app.bsky.richtext.facet#link"


def read_words(record: dict[str, Any]) -> str:
    """Return the text with every shortened address written out. Facets that make no sense are passed over."""
    text = read_text(record, "text")
    content = text.encode("utf-8", "surrogatepass")
    for start, end, address in sorted(list_links(record), reverse=True):
        shown = content[start:end].decode("utf-8", "replace")
        if 0 <= start < end <= len(content) and is_shortened(shown, address):
            content = content[:start] + address.encode("utf-8", "surrogatepass") + content[end:]
    return content.decode("utf-8", "replace")


def list_links(record: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Return (first byte, byte after the last, address) of every link."""
    links = []
    for facet in read_list(record, "facets"):
        index = read_dict(facet, "index")
        start, end = index.get("byteStart"), index.get("byteEnd")
        if not isinstance(start, int) or not isinstance(end, int):
            continue
        for feature in read_list(facet, "features"):
            address = feature.get("uri")
            if feature.get("$type") == LINK_FACET and isinstance(address, str):
                links.append((start, end, address))
    return links


def is_shortened(shown: str, address: str) -> bool:
    """Say whether what is shown is the beginning of the address, cut for the eye; other words stay words."""
    bare = address.partition("://")[2]
    head = shown.rstrip("….").removeprefix("https://").removeprefix("http://")
    return bool(head) and shown != address and bare.startswith(head)


def find_links(text: str) -> list[dict[str, Any]]:
    """Return the facets that make the addresses in our own text links."""
    facets = []
    for found in LINK.finditer(text):
        start, end = (len(text[:place].encode("utf-8", "surrogatepass")) for place in found.span())
        feature = {"$type": LINK_FACET, "uri": found[0]}
        facets.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
    return facets
