"""Sockets for mail: the address is checked before the connection, and every session has an end."""

import imaplib
import ipaddress
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from connectors.addresses import resolve_checked
from connectors.email.config import SECONDS, SESSION_SECONDS, Server


def connect(server: Server) -> socket.socket:
    """Connect to a checked address. Raises OSError (AddressRefused for an inner one)."""
    try:
        literal = ipaddress.ip_address(server.host)
    except ValueError:
        literal = None
    if settings.OUTBOUND_LOOPBACK and (server.host == "localhost" or (literal and literal.is_loopback)):
        return socket.create_connection((server.host, server.port), SECONDS)
    if server.security == "none":
        raise OSError("A password is never sent without TLS outside this machine.")
    return socket.create_connection((resolve_checked(server.host, server.port), server.port), SECONDS)


@contextmanager
def time_limited(client: imaplib.IMAP4 | smtplib.SMTP, seconds: float = SESSION_SECONDS) -> Iterator[None]:
    """Cut the connection when the session takes too long, however slowly the server drips."""

    def cut() -> None:
        sock = getattr(client, "sock", None)
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class ImapWire(imaplib.IMAP4):
    """imaplib over a checked connection; TLS verifies the name, not the address."""

    def __init__(self, server: Server, context: ssl.SSLContext) -> None:
        self._server = server
        self._context = context
        super().__init__(server.host, server.port, timeout=SECONDS)
        if server.security == "starttls":
            try:
                self.starttls(context)
            except (imaplib.IMAP4.error, OSError):
                self.shutdown()
                raise

    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = connect(self._server)
        if self._server.security == "tls":
            return self._context.wrap_socket(sock, server_hostname=self._server.host)
        return sock


class SmtpWire(smtplib.SMTP):
    """smtplib over a checked connection; `local_hostname` says nothing of this machine."""

    def __init__(self, server: Server, context: ssl.SSLContext, name: str) -> None:
        self._server = server
        self._context = context
        super().__init__(server.host, server.port, local_hostname=name, timeout=SECONDS)
        try:
            if server.security == "starttls":
                self.starttls(context=context)
            self.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError):
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = connect(self._server)
        if self._server.security == "tls":
            return self._context.wrap_socket(sock, server_hostname=host)
        return sock
