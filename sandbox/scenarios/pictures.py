"""Small pictures for people to attach, drawn from their names: no photograph of anybody is needed."""

import struct
import zlib

from sandbox.mail import Attachment

WIDTH, HEIGHT = 240, 160


def picture(name: str) -> Attachment:
    """A PNG of muted bands whose colours the name decides."""
    seed = zlib.crc32(name.encode())
    low = _muted((seed & 0xFF, seed >> 8 & 0xFF, seed >> 16 & 0xFF))
    high = _muted((seed >> 24, seed & 0x7F, seed >> 4 & 0xFF))
    rows = bytearray()
    for y in range(HEIGHT):
        share = (y // 8) * 8 / HEIGHT
        colour = bytes(round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
        rows += b"\0" + colour * WIDTH
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(bytes(rows))),
            _chunk(b"IEND", b""),
        )
    )
    return Attachment(name=name, type="image/png", content=content)


def _muted(colour: tuple[int, int, int]) -> tuple[int, ...]:
    return tuple((part + 3 * 150) // 4 for part in colour)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
