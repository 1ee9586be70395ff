"""Read a mailbox by IMAP (RFC 3501): numbers, sizes and untouched bytes; nothing is ever marked as seen."""

import contextlib
import imaplib
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from imap_tools.imap_utf7 import utf7_encode

from connectors.contract import AccountAccess
from connectors.email import signin
from connectors.email.config import HEAD_OF_LARGER, LARGEST_MAIL, Mailbox, read_mailbox
from connectors.email.wire import ImapWire, time_limited
from connectors.errors import AuthRevoked, ConnectorError, Transient

# RFC 5530: codes that speak of the credentials; all others pass by themselves.
_CREDENTIALS = {"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED"}
_SENT_NAMES = ("Sent", "Sent Items", "Sent Messages", "[Gmail]/Sent Mail", "INBOX.Sent", "INBOX/Sent")
Wire = TypeVar("Wire", bound=ImapWire)
_CODE = re.compile(r"\[([A-Z-]+)[^\]]*\]")
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) (?P<name>.+)')


@dataclass(frozen=True)
class Listed:
    """One mail in the folder, before it is fetched. `arrived_at` is the server's own time of arrival."""

    uid: int
    size: int
    arrived_at: datetime


class Inbox:
    """An open folder. Methods raise imaplib.IMAP4.error and OSError, which `open_inbox` explains."""

    def __init__(self, client: imaplib.IMAP4, mailbox: Mailbox) -> None:
        self._client = client
        self.mailbox = mailbox
        self.validity = 0
        self.next_uid = 0

    def open(self, folder: str) -> None:
        """Open a folder for reading only, and note how its mails are numbered."""
        open_folder(self._client, folder)
        self.validity = _number(self._client.response("UIDVALIDITY"))
        self.next_uid = _number(self._client.response("UIDNEXT"))

    def list_after(self, uid: int) -> list[int]:
        """Return the numbers above `uid`, in order (`n:*` names the last mail even when it is below)."""
        answer = _expect(self._client.uid("SEARCH", f"UID {uid + 1}:*"))
        found = {int(word) for line in answer if line for word in line.split() if word.isdigit()}
        return sorted(number for number in found if number > uid)

    def measure(self, uids: Sequence[int]) -> list[Listed]:
        """Return sizes and times of arrival; a mail that is gone meanwhile is not among them."""
        answer = _expect(self._client.uid("FETCH", _set(uids), "(UID RFC822.SIZE INTERNALDATE)"))
        found = {}
        for piece in answer:
            line = piece if isinstance(piece, bytes) else b" ".join(piece) if piece else b""
            uid, size, date = _UID.search(line), _SIZE.search(line), _DATE.search(line)
            if uid:
                at = _read_date(date[1]) if date else datetime.now(UTC)
                found[int(uid[1])] = Listed(int(uid[1]), int(size[1]) if size else 0, at)
        return [found[uid] for uid in uids if uid in found]

    def fetch(self, listed: Sequence[Listed]) -> dict[int, bytes]:
        """Return the untouched bytes of the mails by number, of over-large ones the head."""
        large = [one.uid for one in listed if one.size > LARGEST_MAIL]
        usual = [one.uid for one in listed if one.size <= LARGEST_MAIL]
        found = self._fetch(usual, "BODY.PEEK[]") if usual else {}
        if large:
            found |= self._fetch(large, f"BODY.PEEK[]<0.{HEAD_OF_LARGER}>")
        return found

    def find(self, message_id: str) -> bool:
        """Say whether the open folder holds a mail with this Message-ID."""
        answer = _expect(self._client.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"'))
        return any(line and line.split() for line in answer)

    def find_sent_folder(self) -> str:
        """Return the folder of sent mail: as set, as the server marks it (RFC 6154), or by a usual name."""
        if self.mailbox.sent_folder:
            return self.mailbox.sent_folder
        _, lines = self._client.list()
        names = []
        for line in lines or []:
            match = _LISTED.match(line) if isinstance(line, bytes) else None
            if match:
                name = match["name"].strip().strip(b'"').decode("ascii", "replace")
                names.append(name)
                if b"\\sent" in match["flags"].lower():
                    return name
        return next((name for name in _SENT_NAMES if name in names), "")

    def file(self, folder: str, raw: bytes) -> None:
        """Put a mail that was sent into a folder, as read."""
        _expect(self._client.append(_quote(folder), r"(\Seen)", imaplib.Time2Internaldate(time.time()), raw))

    def remove(self, uids: Sequence[int]) -> None:
        """Delete these mails of the account's folder and no other (UIDPLUS, RFC 4315), or mark them."""
        _expect(self._client.select(_quote(self.mailbox.folder)))
        try:
            _expect(self._client.uid("STORE", _set(uids), "+FLAGS.SILENT", r"(\Deleted)"))
            if "UIDPLUS" in self._client.capabilities:
                _expect(self._client.uid("EXPUNGE", _set(uids)))
        finally:
            _expect(self._client.select(_quote(self.mailbox.folder), readonly=True))

    def _fetch(self, uids: list[int], what: str) -> dict[int, bytes]:
        answer = _expect(self._client.uid("FETCH", _set(uids), f"(UID {what})"))
        found: dict[int, bytes] = {}
        for number, piece in enumerate(answer):
            if not isinstance(piece, tuple):
                short = re.search(rb'\bBODY\[\](?:<0>)? "((?:[^"\\]|\\.)*)"', piece or b"")
                uid = _UID.search(piece or b"")
                if short and uid:
                    found[int(uid[1])] = re.sub(rb"\\(.)", rb"\1", short[1])
                continue
            after = answer[number + 1] if number + 1 < len(answer) else b""
            uid = _UID.search(piece[0]) or _UID.search(after if isinstance(after, bytes) else b"")
            if uid:
                found[int(uid[1])] = piece[1]
        return {uid: found[uid] for uid in uids if uid in found}


@contextmanager
def open_inbox(access: AccountAccess, folder: str | None = None) -> Iterator[Inbox]:
    """Connect, sign in and open the folder (the account's own when none is named; "" opens none).

    Raises connectors.errors, also for what happens inside.
    """
    mailbox = read_mailbox(access)
    try:
        client = signin.sign_in(access, mailbox, _sign_in)
        try:
            with time_limited(client):
                inbox = Inbox(client, mailbox)
                wanted = mailbox.folder if folder is None else folder
                if wanted:
                    inbox.open(wanted)
                yield inbox
        finally:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                client.logout()
            # Where the server has gone already, logout leaves the socket open.
            with contextlib.suppress(OSError):
                client.shutdown()
    except (imaplib.IMAP4.error, OSError) as error:
        raise explain(error) from error


def _sign_in(access: AccountAccess, mailbox: Mailbox) -> imaplib.IMAP4:
    return open_wire(access, mailbox, ImapWire)


def open_wire(access: AccountAccess, mailbox: Mailbox, kind: type[Wire]) -> Wire:
    """Return a connection of this kind, signed in once. Raises connectors.errors and imaplib's."""
    client = kind(mailbox.imap, signin.open_context())
    try:
        with time_limited(client):
            signin.sign_in_to_read(client, mailbox, access)
    except imaplib.IMAP4.abort:
        client.shutdown()
        raise
    except imaplib.IMAP4.error as error:
        client.shutdown()
        raise explain_refusal(error, mailbox) from error
    except OSError:
        client.shutdown()
        raise
    return client


def explain_refusal(error: imaplib.IMAP4.error, mailbox: Mailbox) -> ConnectorError:
    """Return what a refused sign-in means, by the server's code and never by its words."""
    code = read_code(error)
    if mailbox.auth != "password" and code in _CREDENTIALS | {""}:
        return signin.name_expiry(mailbox)
    if code in _CREDENTIALS:
        return AuthRevoked(f"The mail server refused the sign-in of {mailbox.address}.", code=code)
    # Without a code it may be an outage: trying again is told to people and mends itself, stopping would not.
    return Transient(f"The mail server did not let {mailbox.address} sign in.", code=code or "login")


def explain(error: Exception) -> ConnectorError:
    """Return what a failure while reading means."""
    if isinstance(error, TimeoutError):
        return Transient("The mail server did not answer in time.", code="timeout")
    if isinstance(error, imaplib.IMAP4.abort | OSError):
        return Transient(
            "The connection to the mail server was lost or could not be made.", code=type(error).__name__
        )
    return Transient("The mail server refused a request.", code=read_code(error) or "no")


def open_folder(client: imaplib.IMAP4, folder: str) -> None:
    """Open a folder for reading only: the server then cannot mark anything as seen."""
    _expect(client.select(_quote(folder), readonly=True))


def read_code(error: Exception) -> str:
    """Return the response code in a server's refusal (RFC 3501 section 7.1), or nothing."""
    said = error.args[0] if error.args else ""
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)
    found = _CODE.search(text)
    return found[1] if found else ""


def _expect(answer: tuple[str, Any]) -> list[Any]:
    word, data = answer
    if word != "OK":
        raise imaplib.IMAP4.error(data[0] if data else word)
    return list(data)


def _number(response: tuple[str, list[bytes | None]]) -> int:
    values = [value for value in response[1] or [] if value]
    return int(values[-1]) if values and values[-1].isdigit() else 0


def _set(uids: Sequence[int]) -> str:
    return ",".join(str(uid) for uid in uids)


def _quote(folder: str) -> str:
    name = folder if folder.isascii() else utf7_encode(folder).decode("ascii")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _read_date(value: bytes) -> datetime:
    try:
        return datetime.strptime(value.decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)
