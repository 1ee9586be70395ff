"""Send one mail by SMTP, once, and know what became of it (RFC 5321, contract section 6.6)."""

import smtplib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from connectors.contract import AccountAccess
from connectors.email import signin
from connectors.email.config import Mailbox
from connectors.email.wire import SmtpWire, time_limited
from connectors.errors import (
    AuthRevoked,
    ConnectorError,
    InvalidContent,
    NotPermitted,
    Transient,
    UnknownOutcome,
)

_SIZE_CODES = {552}
_TOKEN_CODES = {334, 454, 535, 538}


@dataclass(frozen=True)
class Letterpost:
    """What goes over the wire: the envelope and the mail's bytes with CRLF line ends."""

    sender: str
    recipients: Sequence[str]
    raw: bytes


def post(access: AccountAccess, mailbox: Mailbox, letter: Letterpost) -> tuple[str, ...]:
    """Send the mail; return the recipients that were refused, in words, when at least one was not.

    Raises connectors.errors: UnknownOutcome only when the connection broke after the mail's last byte.
    """
    client = open_checked(access, mailbox)
    try:
        with time_limited(client):
            return _hand_over(client, letter)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            client.close()


def read_size(client: smtplib.SMTP) -> int:
    """Return how large a mail the server takes (RFC 1870), in bytes; 0 when it does not say."""
    said = client.esmtp_features.get("size", "")
    return int(said) if said.isascii() and said.isdigit() else 0


def open_checked(access: AccountAccess, mailbox: Mailbox) -> smtplib.SMTP:
    """Return a signed-in client. Raises connectors.errors; nothing was sent."""
    try:
        return signin.sign_in(access, mailbox, _sign_in)
    except (smtplib.SMTPException, OSError) as error:
        raise explain_before(error) from error


def _sign_in(access: AccountAccess, mailbox: Mailbox) -> smtplib.SMTP:
    client = SmtpWire(mailbox.smtp, signin.open_context(), mailbox.domain)
    try:
        with time_limited(client):
            signin.sign_in_to_send(client, mailbox, access)
    except smtplib.SMTPAuthenticationError as error:
        client.close()
        if mailbox.auth != "password" and error.smtp_code in _TOKEN_CODES:
            raise signin.name_expiry(mailbox) from error
        raise
    except (smtplib.SMTPException, OSError):
        client.close()
        raise
    return client


def _hand_over(client: smtplib.SMTP, letter: Letterpost) -> tuple[str, ...]:
    try:
        refused = _name_everyone(client, letter)
        _expect(client.docmd("DATA"), 354)
        client.send(_quote_dots(letter.raw))
    except (smtplib.SMTPException, OSError) as error:
        # The last line was not sent, and no server may take a mail without it (RFC 5321 section 4.1.1.4).
        raise explain_before(error) from error
    try:
        client.send(b".\r\n")
        code, said = client.getreply()
    except (smtplib.SMTPException, OSError) as error:
        sentence = "The mail server did not say whether it took the mail, so it may have gone out."
        raise UnknownOutcome(sentence, code=type(error).__name__) from error
    if code // 100 != 2:
        raise explain_code(code, said)
    with suppress(smtplib.SMTPException, OSError):
        client.docmd("QUIT")
    return refused


def _name_everyone(client: smtplib.SMTP, letter: Letterpost) -> tuple[str, ...]:
    options = [f"SIZE={len(letter.raw)}"] if client.has_extn("size") else []
    _expect(client.mail(letter.sender, options), 250)
    refused: list[tuple[str, int, bytes]] = []
    for recipient in letter.recipients:
        code, said = client.rcpt(recipient)
        if code // 100 != 2:
            refused.append((recipient, code, said))
    if len(refused) == len(letter.recipients):
        raise smtplib.SMTPResponseException(refused[0][1], refused[0][2])
    return tuple(f"{recipient} was refused ({code})." for recipient, code, _ in refused)


def explain_before(error: Exception) -> ConnectorError:
    """Return what a failure before the mail's last byte means: whatever it was, nothing was sent."""
    if isinstance(error, ConnectorError):
        return error
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code // 100 == 5:
        return AuthRevoked("The mail server refused the desk's sign-in.", code=str(error.smtp_code))
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
        return explain_code(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return AuthRevoked("The mail server offers no sign-in that the desk knows.", code="sign-in")
    return Transient("The mail server could not be reached. Nothing was sent.", code=type(error).__name__)


def explain_code(code: int, said: bytes | str) -> ConnectorError:
    """Return what a refusal means, by its codes (RFC 5321 section 4.2, RFC 3463)."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    status = text.split(" ", 1)[0] if text[:2] in {"4.", "5."} else ""
    name = f"{code} {status}".strip()
    if code // 100 == 4:
        return Transient(f"The mail server is busy or asks to wait ({name}). Nothing was sent.", code=name)
    if code in _SIZE_CODES or status in {"5.3.4", "5.2.3"}:
        return InvalidContent(f"The mail is too large for the server ({name}). Nothing was sent.", code=name)
    if code in {530, 535} or status in {"5.7.3", "5.7.30", "5.7.60"}:
        return AuthRevoked(f"The mail server does not let this mailbox send ({name}).", code=name)
    if status.startswith("5.1.") or code in {550, 551, 553}:
        return NotPermitted(f"The mail server does not take mail to this address ({name}).", code=name)
    return NotPermitted(f"The mail server refused the mail ({name}).", code=name)


def _expect(answer: tuple[int, bytes], wanted: int) -> None:
    code, said = answer
    if code != wanted and not (wanted == 250 and code // 100 == 2):
        raise smtplib.SMTPResponseException(code, said)


def _quote_dots(raw: bytes) -> bytes:
    """Double the dots that begin a line and end the last one (RFC 5321 section 4.5.2)."""
    lines = raw.replace(b"\r\n.", b"\r\n..")
    lines = b"." + lines if lines.startswith(b".") else lines
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"
