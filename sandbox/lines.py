"""The HTTP server, with a hand on each open line so that a fault can cut it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[tuple[str, int], asyncio.Transport] = {}


class Line(H11Protocol):
    """One connection of a client, known by the client's address while it is open."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._peer: Any = transport.get_extra_info("peername")
        _open[self._peer] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(self._peer, None)
        super().connection_lost(exc)


def cut(client: tuple[str, int]) -> None:
    """End a client's connection at once, as a broken network does, whatever was being sent."""
    transport = _open.get(client)
    if transport is not None:
        transport.abort()


class Server(uvicorn.Server):
    """A uvicorn server on 127.0.0.1 that leaves the signals to its owner."""

    def __init__(self, app: Any, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host="127.0.0.1",
                port=port,
                http=Line,
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                # Dates are the world's, and the platforms write them themselves.
                date_header=False,
                timeout_graceful_shutdown=2,
            )
        )

    def listen(self) -> socket.socket:
        """Take the port now, so that a taken one is known before anything else is said. OSError: it is."""
        # the protocol is named because asyncio sends small answers at once only on sockets that name it
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", self.config.port))
        except OSError as error:
            listening.close()
            raise OSError(f"port {self.config.port} is taken ({error.strerror})") from error
        return listening

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process handles its signals itself."""
        yield
