"""Serving what people attached, and a plain face for everybody."""

import struct
import zlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.graph.pictures import in_order
from sandbox.ids import person_number
from sandbox.world import World

_SIDE = 48


def picture_routes(world: World) -> list[BaseRoute]:
    """/media (public, as X has it), /scontent (signed, as Facebook has it), faces."""

    async def public(request: Request) -> Response:
        return _file(world, request.path_params["id"])

    async def signed(request: Request) -> Response:
        identity = request.path_params["id"]
        query = request.query_params
        if not in_order(identity, query.get("oh", ""), query.get("oe", ""), world.clock.now()):
            return Response("URL signature expired", 403, media_type="text/plain")
        return _file(world, identity)

    async def face(request: Request) -> Response:
        return Response(_square(request.path_params["who"]), media_type="image/png")

    return [
        Route("/media/people/{who}", face),
        Route("/media/{id:int}/{name:path}", public),
        Route("/scontent/{id:int}/{name:path}", signed),
    ]


def _file(world: World, identity: int) -> Response:
    item, content = world.media.get(identity), world.media.content(identity)
    if item is None or content is None:
        return Response("Not found", 404, media_type="text/plain")
    kind = item.type if item.type.isprintable() and item.type.isascii() else "application/octet-stream"
    return Response(content, headers={"content-type": kind, "x-content-type-options": "nosniff"})


def _square(who: str) -> bytes:
    """A PNG of one colour that belongs to the name."""
    colour = person_number(who, 0, 1 << 24).to_bytes(3, "big")
    rows = (b"\x00" + colour * _SIDE) * _SIDE
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
