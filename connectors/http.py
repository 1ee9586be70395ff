"""The one outbound HTTP client: known hosts, checked addresses, no redirects, limits on time and size.

The fixed libraries get a session of this kind, so that their own lack of limits does no harm (contract 0.6).
"""

import socket
import threading
import time
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from connectors.addresses import is_own_sandbox, is_trusted, resolve_checked
from connectors.allowance import current_ledger

CONNECT_SECONDS = 5
READ_SECONDS = 20
TOTAL_SECONDS = 45
MOST_BYTES = 10_000_000
CHUNK = 65_536


class HostRefused(requests.RequestException):
    """The address is not among those that this session may call; nothing left."""


class AnswerTooLarge(requests.RequestException):
    """The answer went over the limit and was dropped."""


class AnswerTooSlow(requests.Timeout):
    """The answer did not come whole within the total time."""


class Wire:
    """What one session knows of its connection: whether bytes may have left, and the socket to cut."""

    def __init__(self) -> None:
        self.connected = False
        self.cut = False
        self.socket: socket.socket | None = None
        self.last: requests.Response | None = None

    def sever(self) -> None:
        """Cut the connection from beside; the reader sees its end."""
        self.cut = True
        if self.socket is not None:
            try:
                self.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.socket = None


class GuardedSession(requests.Session):
    """A session that follows no redirect and takes nothing from the machine's environment."""

    wire: Wire

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Give none: a redirect is an answer like any other."""
        return None


class GuardedAdapter(HTTPAdapter):
    """Sends to `hosts` only (a leading dot allows every name beneath), reads within the limits."""

    def __init__(self, hosts: Collection[str], most_bytes: int, wire: Wire) -> None:
        self.hosts = frozenset(host.lower() for host in hosts)
        self.most_bytes = most_bytes
        self.wire = wire
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make every new connection resolve, check and remember."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = guarded_pools(self.wire)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request and read its whole answer. An error carries `unsent`: True proves nothing left."""
        kwargs.update(stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS), proxies=None)
        ledger = current_ledger()
        timer = threading.Timer(TOTAL_SECONDS, self.wire.sever)
        timer.daemon = True
        timer.start()
        try:
            self.check(request)
            if ledger and request.method == "GET":
                ledger.demand(request)
            response = super().send(request, *args, **kwargs)
            self.wire.last = response
            if ledger:
                ledger.note(request, response)
            read_whole(response, self.most_bytes)
            if self.wire.cut:
                raise AnswerTooSlow("The answer took too long.")
        except (requests.RequestException, OSError) as error:
            setattr(error, "unsent", not self.wire.connected)  # noqa: B010 - errors have no such field of their own
            raise
        finally:
            timer.cancel()
        return response

    def check(self, request: requests.PreparedRequest) -> None:
        """Refuse what is not allowed; the platforms' requests go to the sandbox where there is one."""
        parts = urlsplit(request.url or "")
        host = (parts.hostname or "").lower()
        if is_own_sandbox(host, parts.port):
            return
        if not allows(self.hosts, host) or parts.username or parts.scheme not in {"http", "https"}:
            raise HostRefused(f"{host or 'An address without a host'} is not a host that may be called.")
        if is_trusted(host):
            return
        if settings.SANDBOX_URL:
            request.url = settings.SANDBOX_URL.rstrip("/") + request.path_url
        elif parts.scheme != "https":
            raise HostRefused(f"{host} may be called over https only.")


def open_session(hosts: Collection[str], *, most_bytes: int = MOST_BYTES) -> GuardedSession:
    """Return a session for these hosts; `session.wire.last` is the last answer."""
    session = GuardedSession()
    session.trust_env = False
    session.headers["User-Agent"] = "DigitalDesk"
    session.wire = Wire()
    adapter = GuardedAdapter(hosts, most_bytes, session.wire)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def allows(hosts: frozenset[str], host: str) -> bool:
    """Say whether `host` is named, or lies beneath a name with a leading dot."""
    return host in hosts or any(name.startswith(".") and host.endswith(name) for name in hosts)


def read_whole(response: requests.Response, most_bytes: int) -> None:
    """Read the body, decoded, in pieces as they come. Raises AnswerTooLarge, AnswerTooSlow."""
    pieces: list[bytes] = []
    size = 0
    end = time.monotonic() + TOTAL_SECONDS
    for piece in response.iter_content(CHUNK):
        size += len(piece)
        if size > most_bytes:
            response.close()
            raise AnswerTooLarge(f"The answer is larger than {most_bytes // 1_000_000} MB.")
        if time.monotonic() > end:
            response.close()
            raise AnswerTooSlow("The answer took too long.")
        pieces.append(piece)
    response._content = b"".join(pieces)


def guarded_pools(wire: Wire) -> dict[str, Any]:
    """Return urllib3's pool classes with connections that go to a checked address and tell the wire."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect_checked(self, super()._new_conn, wire)

        def connect(self) -> None:
            super().connect()
            wire.connected = True

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect_checked(self, super()._new_conn, wire)

        def connect(self) -> None:
            super().connect()
            wire.connected = True

    plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
    secure = type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": Secure})
    return {"http": plain, "https": secure}


def connect_checked(connection: Any, connect: Any, wire: Wire) -> socket.socket:
    """Connect to the checked address while the name stays what TLS verifies."""
    name = connection._dns_host
    connection._dns_host = resolve_checked(name, connection.port)
    try:
        made: socket.socket = connect()
    finally:
        connection._dns_host = name
    wire.socket = made
    return made
