"""A mail as it was laid out: cleaned once more, with the pictures that came along and no others."""

import base64
import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import unquote

from django.core.files.storage import default_storage

from inbox.enums import AttachmentState
from inbox.filetypes import PICTURES, SIGNS
from inbox.html import sanitise
from inbox.models import Attachment, Message

MOST_BYTES = 8_000_000
MOST_WRITTEN = 20_000_000
_SOURCE = re.compile(r' src="cid:([^"]{1,600})"', re.I)


def lay_out(message: Message) -> str:
    """Return the mail's HTML with the pictures that it shows inside; a missing one leaves its place empty.

    They are written into the page: its frame is locked away from everything that could be asked for.
    """
    html = sanitise(message.html)
    wanted = {name_picture(found) for found in _SOURCE.findall(html)}
    if not wanted:
        return html
    rows = message.attachments.filter(
        content_id__in=wanted, state=AttachmentState.STORED, media_type__in=PICTURES
    )
    pictures = read_pictures(rows.order_by("pk"))
    return write_sources(html, pictures)


def write_sources(html: str, pictures: dict[str, str]) -> str:
    """Put the pictures into their places, up to MOST_WRITTEN characters: one may stand in a thousand."""
    left = MOST_WRITTEN

    def write(found: re.Match[str]) -> str:
        nonlocal left
        address = pictures.get(name_picture(found[1]), "")
        if not address or len(address) > left:
            return ""
        left -= len(address)
        return f' src="{address}"'

    return _SOURCE.sub(write, html)


def name_picture(source: str) -> str:
    """Return what follows `cid:` as the Content-ID that it means (RFC 2392)."""
    return unquote(unescape(source)).strip("<> ")[:200]


def read_pictures(rows: Iterable[Attachment]) -> dict[str, str]:
    """Return pictures as data addresses by Content-ID: those that are what they say, up to MOST_BYTES."""
    found: dict[str, str] = {}
    left = MOST_BYTES
    for row in rows:
        if row.size > left or row.content_id in found:
            continue
        try:
            with default_storage.open(row.stored_as, "rb") as stream:
                content = stream.read()
        except FileNotFoundError:
            continue
        if content.startswith(SIGNS[row.media_type]):
            left -= len(content)
            found[row.content_id] = f"data:{row.media_type};base64,{base64.b64encode(content).decode()}"
    return found
