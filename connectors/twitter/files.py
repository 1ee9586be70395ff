"""Pictures and films of a post or message (contract section 1.4)."""

from typing import Any

from connectors.reading import read_dict, read_list
from inbox.incoming import IncomingFile

TYPES = {"photo": "image/jpeg", "video": "video/mp4", "animated_gif": "video/mp4"}
MOST_FILES = 20


def list_files(item: dict[str, Any], media: dict[str, dict[str, Any]]) -> tuple[IncomingFile, ...]:
    """Return the item's files with the addresses from which they can be fetched."""
    keys = read_dict(item, "attachments").get("media_keys")
    entries = [media[str(key)] for key in keys if str(key) in media] if isinstance(keys, list) else []
    made = [make_file(entry) for entry in entries[:MOST_FILES]]
    return tuple(file for file in made if file.source)


def make_file(entry: dict[str, Any]) -> IncomingFile:
    """Return one file: a picture's address, a film's best rendering, or its preview."""
    kind = str(entry.get("type") or "")
    renderings = [one for one in read_list(entry, "variants") if one.get("content_type") == "video/mp4"]
    best = max(renderings, key=read_rate, default={})
    source = best.get("url") or entry.get("url") or entry.get("preview_image_url") or ""
    return IncomingFile(
        name=f"{kind or 'file'} {entry.get('media_key') or ''}".strip(),
        media_type=TYPES.get(kind, "application/octet-stream"),
        source=source if isinstance(source, str) else "",
        alternative=str(entry.get("alt_text") or ""),
    )


def read_rate(rendering: dict[str, Any]) -> int:
    """Return a film's bit rate, 0 when it is not said."""
    rate = rendering.get("bit_rate")
    return rate if isinstance(rate, int) else 0
