"""Reads the stream of live events once a process and hands each event to every client."""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import redis.asyncio as redis
from django.conf import settings
from redis.exceptions import RedisError

from inbox.live import STREAM

BLOCK_MS = 5_000
QUEUE_SIZE = 500
BACKLOG = 500
RETRY_SECONDS = 1.0
ALIVE_SECONDS = 8.0
START_SECONDS = 3.0
log = logging.getLogger(__name__)


class SlowClient(Exception):
    """The client did not keep up; it is let go and resumes where it was."""


@dataclass(frozen=True)
class Event:
    """One event: the stream's own id (empty for those of this process), its name, its ids as JSON."""

    id: str
    name: str
    data: str

    def frame(self) -> str:
        """Return it as the wire wants it. Names and JSON hold no line breaks."""
        head = f"id: {self.id}\n" if self.id else ""
        return f"{head}event: {self.name}\ndata: {self.data}\n\n"

    def is_after(self, other: str) -> bool:
        """Say whether it comes after the id `other` (empty: before everything)."""
        return not other or not self.id or order_of(self.id) > order_of(other)


RESYNC = Event("", "resync", "{}")


def order_of(stream_id: str) -> tuple[int, int]:
    """Return a stream id (milliseconds-sequence) as it sorts; ValueError when it is none."""
    milliseconds, _, sequence = stream_id.partition("-")
    return int(milliseconds), int(sequence or 0)


class Client:
    """One screen: a bounded queue."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_SIZE)
        self.fell_behind = False

    def put(self, event: Event) -> None:
        """Add an event; a full queue marks the client as fallen behind."""
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self.fell_behind = True

    async def next_event(self, wait: float) -> Event | None:
        """Return the next event, or None after `wait` seconds. SlowClient when too many were waiting."""
        if self.fell_behind:
            raise SlowClient
        try:
            async with asyncio.timeout(wait):
                return await self.queue.get()
        except TimeoutError:
            return None


class Hub:
    """The one reader; starts with the first client."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.reader: asyncio.Task[None] | None = None
        self.is_reading = asyncio.Event()
        self.read_at = 0.0
        self.is_closing = False

    @contextmanager
    def subscribe(self) -> Iterator[Client]:
        """Hand every event from now on to a client until it leaves."""
        client = Client()
        self.clients.add(client)
        if self.reader is None or self.reader.done():
            self.reader = asyncio.get_running_loop().create_task(self.read_for_ever())
        try:
            yield client
        finally:
            self.clients.discard(client)

    def is_alive(self) -> bool:
        """Say whether the stream was read lately."""
        return time.monotonic() - self.read_at < ALIVE_SECONDS

    async def close(self) -> None:
        """Stop reading. A cancellation may be lost in the client's own timeouts: a flag says it too."""
        self.is_closing = True
        while self.reader and not self.reader.done():
            self.reader.cancel()
            await asyncio.wait({self.reader}, timeout=0.5)

    async def read_for_ever(self) -> None:
        """Read on; after a loss of Redis every client is told to look at everything again."""
        while not self.is_closing:
            try:
                async with connect() as stream:
                    await self.read_on(stream)
            except (RedisError, OSError) as error:
                log.warning("Live events cannot be read: %s", type(error).__name__)
                self.read_at = 0.0
                await asyncio.sleep(RETRY_SECONDS)

    async def read_on(self, stream: "redis.Redis") -> None:
        """Hand out what is added after now. An emptied stream starts its ids later, so none is missed."""
        last = await newest_id(stream)
        self.read_at = time.monotonic()
        if self.is_reading.is_set():  # not the first time: what came in between was not read
            self.hand_out(RESYNC)
        self.is_reading.set()
        while True:
            found: Any = await stream.xread({STREAM: last}, count=200, block=BLOCK_MS)
            self.read_at = time.monotonic()
            for _, entries in found or ():
                for number, fields in entries:
                    last = number
                    self.hand_out(Event(number, fields.get("event", ""), fields.get("ids", "{}")))

    def hand_out(self, event: Event) -> None:
        """Give an event to every client."""
        for client in self.clients:
            client.put(event)

    async def read_backlog(self, last_id: str) -> tuple[list[Event], str]:
        """Return what came after `last_id`, and the newest id that the client has then.

        A resync stands for it when the id is unknown, trimmed, or too much was missed.
        """
        if not last_id:
            return [], ""
        try:
            after = order_of(last_id)
            await asyncio.wait_for(self.is_reading.wait(), START_SECONDS)
            async with connect() as stream:
                return await missed(stream, last_id, after)
        except (ValueError, TimeoutError, RedisError, OSError):
            return [RESYNC], ""


async def missed(stream: "redis.Redis", last_id: str, after: tuple[int, int]) -> tuple[list[Event], str]:
    """Return the events after an id that the stream still knows."""
    oldest: Any = await stream.xrange(STREAM, count=1)
    newest = await newest_id(stream)
    if not oldest or order_of(oldest[0][0]) > after or order_of(newest) < after:
        return [RESYNC], newest if newest != "0-0" else ""
    rows: Any = await stream.xrange(STREAM, min=f"({last_id}", count=BACKLOG + 1)
    if len(rows) > BACKLOG:
        return [RESYNC], newest
    found = [Event(number, fields.get("event", ""), fields.get("ids", "{}")) for number, fields in rows]
    return found, found[-1].id if found else last_id


async def newest_id(stream: "redis.Redis") -> str:
    """Return the newest id of the stream; 0-0 when it is empty."""
    rows: Any = await stream.xrevrange(STREAM, count=1)
    return str(rows[0][0]) if rows else "0-0"


def connect() -> "redis.Redis":
    """Return a client whose calls end: the blocking read ends by itself well before its socket's time."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=2,
        socket_timeout=BLOCK_MS / 1000 + 3,
        socket_keepalive=True,
    )
