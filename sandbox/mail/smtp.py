"""The SMTP server: submission for the force's accounts, and the way in for mail from anywhere else.

A sender that has an account of the force signs in (PLAIN, LOGIN, XOAUTH2) and may write to anyone. Without
signing in, mail is taken from other senders and for the force's own mailboxes only, as a mail exchanger does.
"""

import asyncio
import logging
import secrets
from typing import Any

from aiosmtpd.smtp import MISSING, SMTP, Envelope, Session

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.mail import bounces, owners, post
from sandbox.mail.smtp_faults import HANG, TEXTS, close, cut, say_and_leave, suffer
from sandbox.mail.smtp_signing import SigningIn
from sandbox.store import Store

SIZE_LIMIT = 60 * 1024 * 1024


class Connection(SMTP):
    """One connection. Lines may be longer than RFC 5321 allows, so that hostile mail is deliverable."""

    line_length_limit = 1024 * 1024

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.opened(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.closed(self)
        super().connection_lost(error)


class SmtpServer(SigningIn):
    """Handler of every connection: what it answers to AUTH, MAIL, RCPT and DATA."""

    def __init__(self, store: Store, clock: Clock, faults: Faults) -> None:
        super().__init__(store)
        self._clock, self._faults = clock, faults
        self._open: set[Connection] = set()
        # the library warns at every sign-in of a name of its own that it sets for old callers
        logging.getLogger("mail.log").setLevel(logging.ERROR)

    def connection(self) -> Connection:
        return Connection(
            self,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="post.northshire.example",
            ident="Northshire post office",
            auth_require_tls=False,
            authenticator=self.authenticate,
            loop=asyncio.get_running_loop(),
        )

    def opened(self, connection: Connection) -> None:
        self._open.add(connection)

    def closed(self, connection: Connection) -> None:
        self._open.discard(connection)

    def hang_up(self) -> None:
        for connection in list(self._open):
            close(connection, at_once=True)

    async def handle_EHLO(  # noqa: N802  the library calls it by this name, with these
        self, server: Connection, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        await self._fail(server, "connect", session)
        return responses

    async def handle_AUTH(  # noqa: N802
        self, server: Connection, session: Session, envelope: Envelope, args: list[str]
    ) -> Any:
        return await self._fail(server, "auth", session) or MISSING

    async def handle_MAIL(  # noqa: N802
        self, server: Connection, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._fail(server, "mail", session)
        if answer is not None:
            return answer
        signed_in = _who(session)
        if signed_in is not None and owners.address_of_mailbox(self._store, address) != signed_in:
            return TEXTS["553"]
        if signed_in is None and post.is_of_force(self._store, address):
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(  # noqa: N802
        self, server: Connection, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._fail(server, "rcpt", session)
        if answer is not None:
            return answer
        if "@" not in address:
            return "553 5.1.3 Malformed address"
        if _who(session) is None and not post.is_of_force(self._store, address):
            return "550 5.7.1 Relaying denied"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Recipient ok"

    async def handle_DATA(  # noqa: N802
        self, server: Connection, session: Session, envelope: Envelope
    ) -> str:
        fault = self._take("data", session)
        kind = fault.fault if fault else ""
        if fault is not None and not kind.startswith("accept") and kind not in ("bounce", "away"):
            answer = await self._suffer(server, "data", fault)
            if answer is not None:
                return answer
        message_id = self._accept(envelope)
        if kind in ("bounce", "away"):
            self._report(kind, envelope, message_id)
        if fault is not None and kind == "accept_then_hang":
            await asyncio.sleep(fault.seconds(HANG))
        if kind == "accept_then_cut":
            cut(server)
        return f"250 2.0.0 Ok: queued as {secrets.token_hex(5).upper()}"

    async def handle_exception(self, error: Exception) -> str:
        self.refuse("session", f"{type(error).__name__}: {error}")
        return TEXTS["451"]

    def _accept(self, envelope: Envelope) -> str:
        sender = (envelope.mail_from or "").strip("<>")
        return post.receive(
            self._store, self._clock, raw=_raw(envelope), sender=sender, recipients=envelope.rcpt_tos
        )

    def _report(self, kind: str, envelope: Envelope, message_id: str) -> None:
        write = bounces.failure if kind == "bounce" else bounces.absence
        for recipient in envelope.rcpt_tos:
            returned = bounces.Returned(
                raw=_raw(envelope),
                message_id=message_id,
                sender=envelope.mail_from or "",
                recipient=recipient,
                at=self._clock.now(),
            )
            raw = write(returned, f"<{secrets.token_hex(12)}@town.example>")
            back = bounces.POSTMASTER if kind == "bounce" else recipient
            post.receive(self._store, self._clock, raw=raw, sender=back, recipients=[returned.sender])

    async def _fail(self, server: Connection, operation: str, session: Session) -> str | None:
        fault = self._take(operation, session)
        return None if fault is None else await self._suffer(server, operation, fault)

    async def _suffer(self, server: Connection, operation: str, fault: Fault) -> str | None:
        text = await suffer(server, fault)
        if text is not None:
            self.refuse(operation, text)
        if text is not None and text.startswith("421"):
            await say_and_leave(server, text)
        return text

    def _take(self, operation: str, session: Session) -> Fault | None:
        return self._faults.take("mail", f"smtp.{operation}", _who(session))


def _who(session: Session) -> str | None:
    """The address that signed in on this connection."""
    return session.auth_data.login.decode() if session.auth_data is not None else None


def _raw(envelope: Envelope) -> bytes:
    content = envelope.content
    return content if isinstance(content, bytes) else str(content or "").encode()
