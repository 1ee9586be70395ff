"""Sign in to mail servers: a password, or an OAuth token kept fresh (contract section 6.1)."""

import imaplib
import smtplib
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import requests

from connectors.access import renew_secrets
from connectors.contract import AccountAccess
from connectors.email.config import Mailbox
from connectors.errors import AuthExpired, AuthRevoked, RateLimited, Transient
from connectors.http import open_session

MICROSOFT, GOOGLE = "login.microsoftonline.com", "oauth2.googleapis.com"
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
    secrets = access.secrets
    by_application = (
        mailbox.auth == "microsoft" and secrets.get("client_secret") and access.config.get("tenant")
    )
    return bool(access.config.get("client_id") and (secrets.get("refresh_token") or by_application))


def ask_for_token(secrets: dict[str, str], config: dict[str, Any], mailbox: Mailbox) -> dict[str, str]:
    """Get a token; return what changes in the secrets. Raises connectors.errors."""
    host, address = GOOGLE, f"https://{GOOGLE}/token"
    if mailbox.auth == "microsoft":
        host = MICROSOFT
        address = f"https://{MICROSOFT}/{config.get('tenant') or 'common'}/oauth2/v2.0/token"
    form = {"client_id": str(config.get("client_id", "")), "client_secret": secrets.get("client_secret", "")}
    if secrets.get("refresh_token"):
        form |= {"grant_type": "refresh_token", "refresh_token": secrets["refresh_token"]}
    else:
        form |= {"grant_type": "client_credentials", "scope": "https://outlook.office365.com/.default"}
    try:
        answer = open_session([host]).post(
            address, data={name: value for name, value in form.items() if value}
        )
        told = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise Transient("The sign-in server could not be reached.", code=type(error).__name__) from error
    return read_token(answer.status_code, told if isinstance(told, dict) else {})


def read_token(status: int, told: dict[str, Any]) -> dict[str, str]:
    """Return the new secrets from a token server's answer (RFC 6749 section 5)."""
    if status == 429:
        raise RateLimited(
            "The sign-in server asks us to wait.", until=datetime.now(UTC) + timedelta(minutes=1)
        )
    if status >= 500:
        raise Transient("The sign-in server is out of order.", code=str(status))
    if status != 200 or not told.get("access_token"):
        code = str(told.get("error") or status)
        raise AuthRevoked("The mailbox's sign-in was refused and must be connected again.", code=code[:60])
    renewed = {"access_token": str(told["access_token"])}
    if told.get("refresh_token"):
        renewed["refresh_token"] = str(told["refresh_token"])
    try:
        renewed["expires_at"] = str(time.time() + float(told.get("expires_in") or 3600))
    except (TypeError, ValueError):
        renewed["expires_at"] = str(time.time() + 3600)
    return renewed


def name_expiry(mailbox: Mailbox) -> AuthExpired:
    """Return the error for a token that was refused and may be renewed."""
    return AuthExpired(f"The sign-in of {mailbox.address} was refused.", code="token")
