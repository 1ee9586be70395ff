"""Pictures and films of a post (contract section 7)."""

from typing import Any

from connectors.bluesky.config import PICTURE
from connectors.reading import read_dict, read_list
from inbox.incoming import IncomingFile

MOST_FILES = 20


def list_files(did: str, record: dict[str, Any], view: dict[str, Any]) -> tuple[IncomingFile, ...]:
    """Return the post's files: as they are shown to us, else by their place in the network of copies."""
    shown = read_media(read_dict(view, "embed"))
    written = read_media(read_dict(record, "embed"))
    films = [make_still(shown)] if shown.get("thumbnail") else []
    pictures = read_list(shown, "images") or [
        {"fullsize": address(did, image), "alt": image.get("alt")} for image in read_list(written, "images")
    ]
    made = [make_picture(one, number) for number, one in enumerate(pictures[:MOST_FILES], 1)]
    return tuple([*made, *films])


def has_film(record: dict[str, Any]) -> bool:
    """Say whether a film belongs to the post: it is streamed in pieces and cannot be fetched as a file."""
    return "video" in read_media(read_dict(record, "embed"))


def read_media(embed: dict[str, Any]) -> dict[str, Any]:
    """Return what holds the pictures: the embedding itself, or its half beside a quoted post."""
    return read_dict(embed, "media") or embed


def make_picture(image: dict[str, Any], number: int) -> IncomingFile:
    """Return one picture with its text for those who cannot see it."""
    source = image.get("fullsize")
    return IncomingFile(
        name=f"picture {number}",
        media_type="image/jpeg",
        source=source if isinstance(source, str) else "",
        alternative=str(image.get("alt") or ""),
    )


def make_still(film: dict[str, Any]) -> IncomingFile:
    """Return a film's still picture."""
    return IncomingFile(
        name="still picture of a film",
        media_type="image/jpeg",
        source=str(film.get("thumbnail") or ""),
        alternative=str(film.get("alt") or ""),
    )


def address(did: str, image: dict[str, Any]) -> str:
    """Return where a picture of a record can be fetched."""
    cid = read_dict(read_dict(image, "image"), "ref").get("$link")
    return PICTURE.format(did=did, cid=cid) if isinstance(cid, str) and cid.isalnum() else ""
