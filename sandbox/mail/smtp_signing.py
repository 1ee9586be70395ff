"""Signing in to the SMTP server: PLAIN and LOGIN by the library, XOAUTH2 here."""

import base64
import binascii
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.mail.credentials import with_password, with_token
from sandbox.mail.owners import Account
from sandbox.mail.smtp_faults import TEXTS
from sandbox.store import Store

BAD_LOGIN = TEXTS["535"]


class SigningIn:
    """The part of the SMTP server that knows who somebody is; refusals go into the journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        given = await self._initial(server, args)
        if given is None:
            return AuthResult(success=False, handled=False, message="501 5.5.2 Cannot decode response")
        account = with_token(self._store, given)
        if account is None:
            await server.challenge_auth('{"status":"400","schemes":"Bearer"}')
        return self._signed_in(account)

    async def _initial(self, server: SMTP, args: list[str]) -> str | None:
        if len(args) == 1:
            said = await server.challenge_auth("")
            return said.decode("utf-8", "replace") if isinstance(said, bytes) else None
        try:
            return base64.b64decode(args[1].encode(), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return None

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        login, password = (part.decode("utf-8", "replace") for part in (data.login, data.password))
        return self._signed_in(with_password(self._store, login, password))

    def _signed_in(self, account: Account | None) -> AuthResult:
        if account is None:
            self.refuse("auth", BAD_LOGIN)
            return AuthResult(success=False, handled=False, message=BAD_LOGIN)
        who = LoginPassword(
            account.address.encode(), b""
        )  # the library reads `login` off this and nothing else
        return AuthResult(success=True, handled=True, auth_data=who)

    def refuse(self, operation: str, reason: str) -> None:
        self._store.journal.add("refused", "mail", {"operation": f"smtp.{operation}", "reason": reason})
