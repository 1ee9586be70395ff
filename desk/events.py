"""Live events: one reader of the stream a process, a bounded queue a client, ids only.

The browser resumes with Last-Event-ID (HTML Living Standard, server-sent events). When that id was trimmed
from the stream, or the stream was emptied since, the client is told to `resync`. A `beat` every 10 s says
that the way from Redis to the screen works; it stays away while Redis does not answer, and the page then
asks by itself. Nothing here touches the database but the one look at the session, in a thread of its own.
"""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from desk.hub import Event, Hub, SlowClient
from desk.visitor import find_visitor

BEAT_SECONDS = 10.0
PING_SECONDS = 15.0
# A stream ends after this and the browser comes back, so that an ended access ends here too.
LONGEST_SECONDS = 900.0
hub = Hub()
Headers = dict[bytes, bytes]


async def events(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application: GET /events streams, anything else is not here."""
    if scope["type"] == "lifespan":
        await serve_lifespan(receive, send)
    elif scope["type"] == "http":
        await serve_http(scope, receive, send)


async def serve_lifespan(receive: Any, send: Any) -> None:
    """Answer the server's start and stop; the hub starts with the first client."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await hub.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def serve_http(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Check the way, the origin and the session, then stream."""
    headers: Headers = dict(scope["headers"])
    if scope["path"] != "/events":
        return await refuse(send, 404)
    if scope["method"] != "GET":
        return await refuse(send, 405)
    if not is_same_origin(headers):
        return await refuse(send, 403)
    if await asyncio.to_thread(find_visitor, headers.get(b"cookie", b"").decode("latin-1")) is None:
        return await refuse(send, 401)
    return await stream(headers.get(b"last-event-id", b"").decode("latin-1"), receive, send)


async def refuse(send: Any, status: int) -> None:
    """Answer with a bare status."""
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def is_same_origin(headers: Headers) -> bool:
    """Say whether the request comes from a page of ours; browsers name a foreign origin, scripts none."""
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return headers.get(b"sec-fetch-site", b"same-origin") in {b"same-origin", b"none"}
    host = headers.get(b"host", b"").decode("latin-1")
    return urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS


async def stream(last_id: str, receive: Any, send: Any) -> None:
    """Send what was missed, then everything new, until the client leaves or falls behind."""
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.create_task(wait_until_gone(receive))
    feeding = asyncio.create_task(feed(last_id, send))
    try:
        await asyncio.wait({gone, feeding}, return_when=asyncio.FIRST_COMPLETED, timeout=LONGEST_SECONDS)
    finally:
        for task in (gone, feeding):
            task.cancel()
        await asyncio.gather(gone, feeding, return_exceptions=True)
    await send({"type": "http.response.body", "body": b""})


async def wait_until_gone(receive: Any) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def feed(last_id: str, send: Any) -> None:
    """Write the stream. Subscribed before the backlog is read, so that nothing falls between the two."""
    with hub.subscribe() as client:
        backlog, newest = await hub.read_backlog(last_id)
        await write(send, "retry: 2000\n\n" + "".join(event.frame() for event in backlog) + beat_frame())
        beat_at, ping_at = time.monotonic() + BEAT_SECONDS, time.monotonic() + PING_SECONDS
        while True:
            wait = max(0.0, min(beat_at, ping_at) - time.monotonic())
            try:
                event = await client.next_event(wait)
            except SlowClient:
                return
            if event is not None and event.is_after(newest):
                await write(send, event.frame())
            now = time.monotonic()
            if now >= beat_at:
                await write(send, beat_frame())
                beat_at = now + BEAT_SECONDS
            if now >= ping_at:
                await write(send, ": ping\n\n")
                ping_at = now + PING_SECONDS


def beat_frame() -> str:
    """Return the proof of life, or nothing while the stream cannot be read."""
    return Event("", "beat", "{}").frame() if hub.is_alive() else ": waiting\n\n"


async def write(send: Any, text: str) -> None:
    """Send a piece of the stream."""
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
