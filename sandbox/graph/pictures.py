"""Addresses of pictures as Facebook signs them: they are right for some days only (contract section 2.4)."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from sandbox.ids import milliseconds
from sandbox.media import Item

_LIFE = timedelta(days=4)
_KEY = b"the sandbox signs its own pictures"


def signed(base: str, item: Item, now: datetime) -> str:
    """An address of the sandbox with signature `oh` and end of life `oe` (hexadecimal unix seconds)."""
    ends = f"{milliseconds(now + _LIFE) // 1000:X}"
    return f"{base}/scontent/{item.id}/{item.name}?_nc_cat=107&ccb=1-3&oh={_mark(item.id, ends)}&oe={ends}"


def in_order(identity: int, oh: str, oe: str, now: datetime) -> bool:
    """Whether an address was signed here and has not run out."""
    try:
        ends = int(oe, 16)
    except ValueError:
        return False
    return hmac.compare_digest(_mark(identity, oe).encode(), oh.encode()) and now.timestamp() < ends


def comment_attachment(base: str, item: Item, now: datetime) -> dict[str, Any]:
    """The one attachment of a comment."""
    kind = {"photo": "photo", "video": "video_inline", "animated_gif": "animated_image_share"}.get(
        item.kind, "share"
    )
    address = signed(base, item, now)
    return {
        "type": kind,
        "media": {"image": {"src": address, "width": item.width, "height": item.height}},
        "target": {"id": str(item.id), "url": f"https://www.facebook.com/photo.php?fbid={item.id}"},
        "url": f"https://www.facebook.com/photo.php?fbid={item.id}",
    }


def post_attachment(base: str, item: Item, now: datetime) -> dict[str, Any]:
    found = comment_attachment(base, item, now)
    kind = found.pop("type")
    return {**found, "type": kind, "media_type": "photo" if kind == "photo" else "video", "title": item.name}


def message_attachment(base: str, item: Item, now: datetime) -> dict[str, Any]:
    """One attachment of a message in Messenger (contract section 3)."""
    address = signed(base, item, now)
    found: dict[str, Any] = {
        "id": str(item.id),
        "mime_type": item.type,
        "name": item.name,
        "size": item.size,
    }
    size = {"width": item.width, "height": item.height, "max_width": item.width, "max_height": item.height}
    if item.kind in ("photo", "animated_gif"):
        return {**found, "image_data": {**size, "url": address, "preview_url": address, "image_type": 1}}
    if item.kind == "video":
        return {**found, "video_data": {**size, "url": address, "preview_url": address}}
    return {**found, "file_url": address}


def _mark(identity: int, ends: str) -> str:
    return hmac.new(_KEY, f"{identity}/{ends}".encode(), hashlib.sha256).hexdigest()[:32]
