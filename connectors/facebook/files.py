"""Pictures, films and other files of posts, comments and messages; their addresses live some days only."""

from typing import Any

from connectors.reading import read_dict, read_list
from inbox.incoming import IncomingFile

MOST_FILES = 20
TYPES = {"photo": "image/jpeg", "video": "video/mp4", "video_inline": "video/mp4", "sticker": "image/png"}


def list_attached(attachments: dict[str, Any]) -> tuple[IncomingFile, ...]:
    """Return the files of a post's `attachments` (a comment's one is given in the same form)."""
    files: list[IncomingFile] = []
    for entry in read_list(attachments, "data"):
        inner = read_list(read_dict(entry, "subattachments"), "data")
        files += [make_attached(one) for one in inner or [entry]]
    return tuple(file for file in files[:MOST_FILES] if file.source)


def make_attached(entry: dict[str, Any]) -> IncomingFile:
    """Return one attachment: its film or its picture; a shared link has no file of its own."""
    kind = str(entry.get("type") or entry.get("media_type") or "")
    media = read_dict(entry, "media")
    source = media.get("source") or read_dict(media, "image").get("src") or ""
    is_link = kind in {"share", "link"}
    return IncomingFile(
        name=str(entry.get("title") or kind or "file")[:200],
        media_type=TYPES.get(kind, "application/octet-stream"),
        source="" if is_link or not isinstance(source, str) else source,
        alternative=str(entry.get("description") or "")[:1000],
    )


def list_sent(item: dict[str, Any]) -> tuple[IncomingFile, ...]:
    """Return the files of a Messenger message."""
    files = [make_sent(entry) for entry in read_list(read_dict(item, "attachments"), "data")]
    sticker = item.get("sticker")
    if isinstance(sticker, str) and sticker:
        files.append(IncomingFile(name="sticker", media_type="image/png", source=sticker))
    return tuple(file for file in files[:MOST_FILES] if file.source)


def make_sent(entry: dict[str, Any]) -> IncomingFile:
    """Return one file of a message."""
    picture, film = read_dict(entry, "image_data"), read_dict(entry, "video_data")
    source = picture.get("url") or film.get("url") or entry.get("file_url") or ""
    return IncomingFile(
        name=str(entry.get("name") or "file")[:200],
        media_type=str(entry.get("mime_type") or "application/octet-stream")[:120],
        source=source if isinstance(source, str) else "",
    )
