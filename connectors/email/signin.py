"""Sign in to mail servers: a password, or an OAuth token kept fresh (contract section 6.1)."""

import imaplib
import smtplib
import ssl
import time
from collections.abc import Callable
from typing import Any, TypeVar

from connectors.access import renew_secrets
from connectors.contract import AccountAccess
from connectors.email import google, microsoft
from connectors.email.config import Mailbox
from connectors.errors import AuthExpired, AuthRevoked

Client = TypeVar("Client")
EARLY_SECONDS = 300  # renewed before it runs out: an open connection outlives its token, the next does not


def open_context() -> ssl.SSLContext:
    """Return a context that verifies the server's name and certificate."""
    return ssl.create_default_context()


def sign_in(
    access: AccountAccess, mailbox: Mailbox, once: Callable[[AccountAccess, Mailbox], Client]
) -> Client:
    """Return the client that `once` signs in; a token that was refused (AuthExpired) is renewed once.

    Raises AuthRevoked when the new token is refused too, and whatever else `once` raises.
    """
    freshen(access, mailbox)
    try:
        return once(access, mailbox)
    except AuthExpired:
        freshen(access, mailbox, refused=True)
    try:
        return once(access, mailbox)
    except AuthExpired as error:
        raise AuthRevoked(error.sentence, code=error.code) from error


def sign_in_to_read(client: imaplib.IMAP4, mailbox: Mailbox, access: AccountAccess) -> None:
    """Sign in by IMAP. Raises imaplib.IMAP4.error when the server says no."""
    if mailbox.auth == "password":
        client.login(mailbox.username, access.secrets.get("password", ""))
        return
    replies = iter([say_bearer(mailbox.username, access.secrets.get("access_token", ""))])
    # A refusal comes as a challenge that wants an empty line before the tagged NO.
    client.authenticate("XOAUTH2", lambda _: next(replies, b""))


def sign_in_to_send(client: smtplib.SMTP, mailbox: Mailbox, access: AccountAccess) -> None:
    """Sign in by SMTP. Raises smtplib.SMTPException when the server says no."""
    if mailbox.auth == "password":
        if access.secrets.get("password"):
            client.login(mailbox.username, access.secrets["password"])
        return
    bearer = say_bearer(mailbox.username, access.secrets.get("access_token", "")).decode()
    replies = iter([bearer])
    client.auth("XOAUTH2", lambda _=None: next(replies, ""), initial_response_ok=True)


def say_bearer(username: str, token: str) -> bytes:
    """Return what XOAUTH2 sends, before its base64."""
    return f"user={username}\x01auth=Bearer {token}\x01\x01".encode()


def freshen(access: AccountAccess, mailbox: Mailbox, *, refused: bool = False) -> None:
    """Put a token that lasts into the access; renewed when it runs out soon or was refused.

    Raises AuthRevoked when it cannot be renewed, Transient when the token server cannot be reached.
    """
    if mailbox.auth == "password":
        return
    token = access.secrets.get("access_token", "")
    ends = float(access.secrets.get("expires_at") or 0)
    lasts = bool(token) and (not ends or ends - time.time() > EARLY_SECONDS)
    if lasts and not refused:
        return
    if not can_renew(access, mailbox):
        if token and not refused:
            return
        raise AuthRevoked(f"The sign-in of {mailbox.address} ran out.", code="token")
    renew_secrets(access, token, lambda secrets: ask_for_token(secrets, access.config, mailbox))


def can_renew(access: AccountAccess, mailbox: Mailbox) -> bool:
    """Say whether there is something to get a new token with."""
    secrets, config = access.secrets, access.config
    if mailbox.auth == "google" and secrets.get("service_account"):
        return True
    by_application = mailbox.auth == "microsoft" and secrets.get("client_secret") and config.get("tenant")
    return bool(config.get("client_id") and (secrets.get("refresh_token") or by_application))


def ask_for_token(secrets: dict[str, str], config: dict[str, Any], mailbox: Mailbox) -> dict[str, str]:
    """Get a token; return what changes in the secrets. Raises connectors.errors."""
    if mailbox.auth == "microsoft":
        return microsoft.renew(secrets, config)
    return google.renew(secrets, config, mailbox.username)


def name_expiry(mailbox: Mailbox) -> AuthExpired:
    """Return the error for a token that was refused and may be renewed."""
    return AuthExpired(f"The sign-in of {mailbox.address} was refused.", code="token")
