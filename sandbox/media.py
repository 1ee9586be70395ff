"""Pictures and files that people attached, kept whole and served by address."""

import json
import struct
from dataclasses import dataclass
from typing import Any

from sandbox.mail import Attachment
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS media (
  id INTEGER PRIMARY KEY,
  doc TEXT NOT NULL,
  content BLOB NOT NULL
);
"""

_FIRST_ID = 1_400_000_000_000_000_000
_UNKNOWN_SIZE = (600, 400)


@dataclass(frozen=True)
class Item:
    """One attachment: `type` is a MIME type, `size` is bytes, width and height are pixels."""

    id: int
    name: str
    type: str
    size: int
    width: int
    height: int
    alt_text: str = ""

    @property
    def media_key(self) -> str:
        """`{kind number}_{id}` as X has it: 3 is a photo, 7 a video, 16 an animated GIF."""
        numbers = {"photo": 3, "video": 7, "animated_gif": 16}
        return f"{numbers.get(self.kind, 13)}_{self.id}"

    @property
    def kind(self) -> str:
        """ "photo", "video", "animated_gif" or "file"."""
        if self.type == "image/gif":
            return "animated_gif"
        return {"image": "photo", "video": "video"}.get(self.type.split("/")[0], "file")


class Media:
    """The store of attachments; `base` is this sandbox's own address, which served URLs begin with."""

    def __init__(self, store: Store, base: str) -> None:
        self._store = store
        self.base = base
        store.create(SCHEMA)

    def keep(self, attachment: Attachment) -> Item:
        width, height = _pixels(attachment.content)
        row = self._store.one("SELECT coalesce(max(id), ?) + 1 FROM media", (_FIRST_ID,))
        item = Item(
            id=int(row[0]) if row else _FIRST_ID,
            name=attachment.name,
            type=attachment.type,
            size=len(attachment.content),
            width=width,
            height=height,
        )
        doc = {"name": item.name, "type": item.type, "size": item.size, "width": width, "height": height}
        self._store.execute(
            "INSERT INTO media VALUES (?, ?, ?)", (item.id, json.dumps(doc), attachment.content)
        )
        return item

    def get(self, identity: int) -> Item | None:
        row = self._store.one("SELECT id, doc FROM media WHERE id = ?", (identity,))
        return None if row is None else Item(id=row["id"], **json.loads(row["doc"]))

    def describe(self, identity: int, alt_text: str) -> None:
        """Give a picture its text for those who cannot see it."""
        self._store.execute(
            "UPDATE media SET doc = json_set(doc, '$.alt_text', ?) WHERE id = ?", (alt_text, identity)
        )

    def content(self, identity: int) -> bytes | None:
        row = self._store.one("SELECT content FROM media WHERE id = ?", (identity,))
        return None if row is None else bytes(row["content"])

    def items(self, identities: list[int]) -> list[Item]:
        found: list[Item | None] = [self.get(identity) for identity in identities]
        return [item for item in found if item is not None]

    def empty(self) -> None:
        self._store.execute("DELETE FROM media")


def _pixels(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or GIF by its header, a middling size for anything else."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        size: Any = struct.unpack(">II", content[16:24])
        return int(size[0]), int(size[1])
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        size = struct.unpack("<HH", content[6:10])
        return int(size[0]), int(size[1])
    return _UNKNOWN_SIZE
