"""What a file is, by its bytes; what it calls itself must agree."""

import io
import zipfile
from collections.abc import Iterable

# Media type to its name in words and the endings under which it is known.
TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "image/png": ("PNG pictures", ("png",)),
    "image/jpeg": ("JPEG pictures", ("jpg", "jpeg", "jfif")),
    "image/gif": ("GIF pictures", ("gif",)),
    "image/webp": ("WebP pictures", ("webp",)),
    "video/mp4": ("MP4 films", ("mp4", "m4v")),
    "application/pdf": ("PDF", ("pdf",)),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("Word", ("docx",)),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("Excel", ("xlsx",)),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("PowerPoint", ("pptx",)),
    "application/vnd.oasis.opendocument.text": ("OpenDocument", ("odt",)),
    "text/plain": ("plain text", ("txt",)),
    "text/csv": ("CSV", ("csv",)),
}
PICTURE = " pictures"
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
DOCUMENTS = tuple(name for name in TYPES if name.startswith(("application/", "text/")))
# The first bytes by which a file is known, whatever it calls itself.
SIGNS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
}
# Brands of ISO media files that are MP4 (RFC 4337 and the registry of ISO/IEC 14496-12).
MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"}
OFFICE = {"word/": "wordprocessingml.document", "xl/": "spreadsheetml.sheet"}
OFFICE_ROOT = "application/vnd.openxmlformats-officedocument."
MOST_PARTS = 5_000


def name_kinds(types: Iterable[str]) -> str:
    """Return media types in words, such as "PNG, GIF pictures, PDF"."""
    names = [TYPES[one][0] if one in TYPES else one for one in types]
    pictures = [name for name in names if name.endswith(PICTURE)]
    short = [name.removesuffix(PICTURE) if name in pictures[:-1] else name for name in names]
    return ", ".join(short)


def find_type(content: bytes, name: str) -> str:
    """Return the media type that the bytes say, empty when they are of no kind that goes out.

    Programs, web pages and documents that carry macros are of no such kind, whatever they call themselves.
    """
    for media_type, signs in SIGNS.items():
        if content.startswith(signs) and (media_type != "image/webp" or content[8:12] == b"WEBP"):
            return media_type
    if content[4:8] == b"ftyp" and content[8:12] in MP4_BRANDS:
        return "video/mp4"
    if content.startswith(b"PK\x03\x04"):
        return find_office_type(content)
    return find_text_type(content, name)


def find_office_type(content: bytes) -> str:
    """Return the kind of an office document, empty for other archives and for one with macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [part.filename for part in archive.infolist()[:MOST_PARTS]]
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                declared = archive.read("mimetype").decode("ascii", "replace").strip()
                return declared if declared in TYPES else ""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        return ""
    if any(name.lower().endswith("vbaproject.bin") for name in names) or "[Content_Types].xml" not in names:
        return ""
    for folder, ending in (*OFFICE.items(), ("ppt/", "presentationml.presentation")):
        if any(name.startswith(folder) for name in names):
            return f"{OFFICE_ROOT}{ending}"
    return ""


def find_text_type(content: bytes, name: str) -> str:
    """Return plain text or CSV when the bytes are text and nothing else."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    if any(ord(character) < 32 and character not in "\t\r\n\f" for character in text):
        return ""
    return {"csv": "text/csv", "txt": "text/plain"}.get(ending_of(name), "")


def ending_of(name: str) -> str:
    """Return what follows the last dot of a file's name, in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""
