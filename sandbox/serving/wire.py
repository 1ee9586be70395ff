"""Faults of the wire: hanging, cutting, dripping; and the plain sending of an answer."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable

from starlette.types import Receive, Scope, Send

from sandbox import lines
from sandbox.faults import Fault
from sandbox.serving.call import Answer

FOREVER = 3600.0

INSTEAD = frozenset({"status", "html", "empty", "hang", "cut"})
"""Faults that leave the world untouched: the call is not carried out."""

ON_THE_WIRE = frozenset(
    {"hang", "cut", "slow", "accept_then_hang", "accept_then_cut", "slow_body", "truncated", "truncated_gzip"}
)


class Wire:
    """Sends one answer as a fault allows: an ASGI application."""

    def __init__(self, answer: Answer, fault: Fault | None) -> None:
        self._answer = answer
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._fault
        way = None if fault is None else _WAYS.get(fault.fault)
        if fault is None or way is None:
            await self._plain(send)
            return
        await way(self, fault, _Ends(scope, receive, send))

    async def _plain(self, send: Send) -> None:
        content = self._answer.content()
        await self._start(send, len(content))
        await send({"type": "http.response.body", "body": content})

    async def _start(self, send: Send, length: int, encoding: str | None = None) -> None:
        headers = {
            "content-type": self._answer.media_type,
            "content-length": str(length),
            **self._answer.headers,
        }
        if encoding is not None:
            headers["content-encoding"] = encoding
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self._answer.status, "headers": raw})

    async def hang(self, fault: Fault, ends: "_Ends") -> None:
        """No byte for so long, then the line breaks."""
        await ends.wait(fault.seconds(FOREVER))
        ends.cut()

    async def break_off(self, _fault: Fault, ends: "_Ends") -> None:
        ends.cut()

    async def late(self, fault: Fault, ends: "_Ends") -> None:
        if not await ends.wait(fault.seconds(5.0)):
            await self._plain(ends.send)

    async def drip(self, fault: Fault, ends: "_Ends") -> None:
        """The body comes byte by byte."""
        content = self._answer.content()
        await self._start(ends.send, len(content))
        for place in range(len(content)):
            piece = {"type": "http.response.body", "body": content[place : place + 1], "more_body": True}
            await ends.send(piece)
            if await ends.wait(fault.seconds(1.0)):
                return
        await ends.send({"type": "http.response.body", "body": b""})

    async def half(self, _fault: Fault, ends: "_Ends") -> None:
        """Half of the body that the length promised, then the line breaks."""
        await self._part(self._answer.content(), None, ends)

    async def half_zipped(self, _fault: Fault, ends: "_Ends") -> None:
        await self._part(gzip.compress(self._answer.content()), "gzip", ends)

    async def _part(self, content: bytes, encoding: str | None, ends: "_Ends") -> None:
        await self._start(ends.send, len(content), encoding)
        half = content[: len(content) // 2]
        await ends.send({"type": "http.response.body", "body": half, "more_body": True})
        await asyncio.sleep(0.05)  # lets the half leave this machine before the line breaks
        ends.cut()


class _Ends:
    """Both ends of the line, as the faults use it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._client = tuple(scope["client"])
        self._receive = receive
        self.send = send

    async def wait(self, seconds: float) -> bool:
        """Let time pass; True as soon as the client has gone."""
        try:
            async with asyncio.timeout(seconds):
                while (await self._receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return False
        return True

    def cut(self) -> None:
        lines.cut((str(self._client[0]), int(self._client[1])))


_WAYS: dict[str, Callable[[Wire, Fault, _Ends], Awaitable[None]]] = {
    "hang": Wire.hang,
    "accept_then_hang": Wire.hang,
    "cut": Wire.break_off,
    "accept_then_cut": Wire.break_off,
    "slow": Wire.late,
    "slow_body": Wire.drip,
    "truncated": Wire.half,
    "truncated_gzip": Wire.half_zipped,
}
