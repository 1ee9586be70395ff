"""What X does to a text: short links, mentions found, entities with their places, escaping."""

import hashlib
import html
import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

_MOST = 50  # entities of a kind that X looks for in one text
_MENTION = re.compile(r"(?<![A-Za-z0-9_@])@([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_])")
_LINK = re.compile(r"https?://[^\s<>\"\x00]+", re.IGNORECASE)
_SHORT = re.compile(r"https://t\.co/[A-Za-z0-9]{10}")
_TAG = re.compile(r"(?<!\w)#(\w*[^\W\d]\w*)")
_TRAILING = ".,;:!?'\")]}"

Lookup = Callable[[str], int | None]


def escape(text: str) -> str:
    """As X serves it: & < > escaped and nothing else (contract section 1.4)."""
    return html.escape(text, quote=False)


def mentioned(text: str) -> list[str]:
    """User names mentioned, in order, each once, in lower case."""
    return list(dict.fromkeys(match[1].lower() for match in islice(_MENTION.finditer(text), _MOST)))


def short_link(url: str) -> str:
    """The t.co address for a URL: the same one for the same URL."""
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
    return "https://t.co/" + digest[:10]


def shorten(text: str) -> tuple[str, dict[str, str]]:
    """The text with every link made short, and what each short link stands for."""
    meant: dict[str, str] = {}

    def swap(match: re.Match[str]) -> str:
        url = match.group().rstrip(_TRAILING)
        if _SHORT.fullmatch(url):
            return match.group()
        short = short_link(url)
        meant[short] = url
        return short + match.group()[len(url) :]

    return _LINK.sub(swap, text), meant


def with_mentions(text: str, handles: Iterable[str]) -> tuple[str, int]:
    """The text with the handles it lacks put in front, and how many code points that took."""
    present = set(mentioned(text))
    missing = [handle for handle in dict.fromkeys(handles) if handle.lower() not in present]
    front = "".join(f"@{handle} " for handle in missing)
    return front + text, len(front)


def entities(text: str, meant: dict[str, str], lookup: Lookup) -> dict[str, Any]:
    """Entities of an unescaped text, with offsets in code points of the escaped one. No empty lists."""
    served = escape(text)
    found = {
        "urls": [
            _url(match, meant) for match in islice(_SHORT.finditer(served), _MOST) if match.group() in meant
        ],
        "mentions": [_mention(match, lookup) for match in islice(_MENTION.finditer(served), _MOST)],
        "hashtags": [
            {"start": match.start(), "end": match.end(), "tag": match.group(1)}
            for match in islice(_TAG.finditer(served), _MOST)
        ],
    }
    return {kind: items for kind, items in found.items() if items}


def _url(match: re.Match[str], meant: dict[str, str]) -> dict[str, Any]:
    expanded = meant[match.group()]
    return {
        "start": match.start(),
        "end": match.end(),
        "url": match.group(),
        "expanded_url": expanded,
        "display_url": re.sub(r"^https?://(www\.)?", "", expanded, flags=re.IGNORECASE)[:27],
    }


def _mention(match: re.Match[str], lookup: Lookup) -> dict[str, Any]:
    found: dict[str, Any] = {"start": match.start(), "end": match.end(), "username": match.group(1)}
    identity = lookup(match.group(1))
    return found if identity is None else {**found, "id": str(identity)}
