"""Wait on the server's word that mail has come (IMAP IDLE, RFC 2177). It only hurries the next poll."""

import imaplib
import re
import time
from collections.abc import Callable
from typing import Any

from connectors.contract import AccountAccess
from connectors.email import signin
from connectors.email.client import explain, open_folder, open_wire
from connectors.email.config import Mailbox, read_mailbox
from connectors.email.wire import ImapWire, time_limited

# RFC 2177 asks for less than 29 minutes; routers between us forget a silent connection long before.
RENEW_SECONDS = 9 * 60.0
SLICE_SECONDS = 2.0
GATHER_SECONDS = 0.05
_CAME = re.compile(rb"\* \d+ (?:EXISTS|RECENT)\b", re.I)
_CHUNK = 65_536


class PatientWire(ImapWire):
    """A connection on which one can wait for a line; it reads by itself, so that no buffer hides any."""

    _held = b""

    def readline(self) -> bytes:
        """Return the next line; what is left of the stream when it ended."""
        while b"\n" not in self._held:
            if len(self._held) > imaplib._MAXLINE:  # type: ignore[attr-defined]
                raise self.error("A line of the server's is too long.")
            piece = self.sock.recv(_CHUNK)
            if not piece:
                break
            self._held += piece
        line, mark, self._held = self._held.partition(b"\n")
        return line + mark

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer when the stream ended."""
        while len(self._held) < size:
            piece = self.sock.recv(_CHUNK)
            if not piece:
                break
            self._held += piece
        found, self._held = self._held[:size], self._held[size:]
        return found

    def await_line(self, seconds: float) -> bytes | None:
        """Return the next line, or None when none came in time. Raises imaplib's abort when it ended."""
        usual = self.sock.gettimeout()
        self.sock.settimeout(seconds)
        try:
            line = self.readline()
        except TimeoutError:
            return None
        finally:
            self.sock.settimeout(usual)
        if not line.endswith(b"\n"):
            raise self.abort("The server ended the connection.")
        return line

    def starttls(self, ssl_context: Any = None) -> Any:
        """Begin TLS; what was said before it counts for nothing (CVE-2011-0411)."""
        answer = super().starttls(ssl_context)
        if self._held:
            raise self.abort("The server spoke before TLS had begun.")
        return answer


def listen(access: AccountAccess, news: Callable[[], None], stopped: Callable[[], bool]) -> bool:
    """Call `news` at once, and whenever mail comes, until `stopped`; False where the server cannot tell.

    Raises connectors.errors when the connection ends or cannot be made.
    """
    mailbox = read_mailbox(access)
    try:
        client = signin.sign_in(access, mailbox, open_patient)
        try:
            return attend(client, mailbox, news, stopped)
        finally:
            client.shutdown()
    except (imaplib.IMAP4.error, OSError) as error:
        raise explain(error) from error


def open_patient(access: AccountAccess, mailbox: Mailbox) -> PatientWire:
    """Return a signed-in connection that can wait."""
    return open_wire(access, mailbox, PatientWire)


def attend(
    client: PatientWire, mailbox: Mailbox, news: Callable[[], None], stopped: Callable[[], bool]
) -> bool:
    """Wait again and again in the account's folder."""
    with time_limited(client):
        _, said = client.capability()  # servers offer more once one has signed in
        if b"IDLE" not in b" ".join(line for line in said if line).upper().split():
            return False
        open_folder(client, mailbox.folder)
    news()
    while not stopped():
        if not wait_once(client, news, stopped):
            return False
    return True


def wait_once(client: PatientWire, news: Callable[[], None], stopped: Callable[[], bool]) -> bool:
    """Wait for RENEW_SECONDS; False when the server refuses to say what comes."""
    tag = client._new_tag()
    client.send(tag + b" IDLE\r\n")
    while not (line := client.readline()).startswith(b"+"):
        check(client, line)
        if line.startswith(tag):
            return False
    end = time.monotonic() + RENEW_SECONDS
    while time.monotonic() < end and not stopped():
        found = client.await_line(SLICE_SECONDS)
        if found is not None and came(client, found):
            gather(client)
            news()
    client.send(b"DONE\r\n")
    fresh = False
    while not (line := client.readline()).startswith(tag):
        fresh = came(client, line) or fresh
    if fresh:
        news()
    return True


def gather(client: PatientWire) -> None:
    """Let what comes in one breath be one piece of news."""
    while (line := client.await_line(GATHER_SECONDS)) is not None:
        came(client, line)


def came(client: PatientWire, line: bytes) -> bool:
    """Say whether a line tells of mail that came. Raises imaplib's abort when the server says goodbye."""
    check(client, line)
    return _CAME.match(line) is not None


def check(client: PatientWire, line: bytes) -> None:
    """Raise imaplib's abort when the connection has ended or ends."""
    if not line or line[:5].upper() == b"* BYE":
        raise client.abort("The server ended the connection.")
