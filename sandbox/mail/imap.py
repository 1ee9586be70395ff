"""The IMAP server: IMAP4rev1 (RFC 3501) with IDLE, MOVE, UIDPLUS, SASL-IR, SPECIAL-USE, UNSELECT.

Written here, on the library's own streams, because the faults of contract section 11 (a BYE in the middle
of a literal, a changed UIDVALIDITY, an answer that crawls) happen below what a mail library lets one reach.
"""

import asyncio
from contextlib import suppress

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.mail import imap_folders, imap_login, imap_messages
from sandbox.mail.session import Refused, Session
from sandbox.mail.wire import LINE_LIMIT, BadCommand, Command, parse, read_line
from sandbox.store import Store

IDLE_LOGOUT = 30 * 60.0
HANG = 3600.0

ANYTIME = imap_login.COMMANDS
SIGNED_IN = {**imap_folders.COMMANDS, **imap_messages.ANY_FOLDER}
SELECTED = imap_messages.COMMANDS


class ImapServer:
    """Serves every mailbox of the store to whoever signs in to it."""

    line_limit = LINE_LIMIT

    def __init__(self, store: Store, clock: Clock, faults: Faults) -> None:
        self._store, self._clock, self._faults = store, clock, faults
        self._open: set[asyncio.Task[None]] = set()
        self._closing = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its greeting to its end."""
        serving = asyncio.current_task()
        if serving is not None:
            self._open.add(serving)
            serving.add_done_callback(self._open.discard)
        session = Session(self._store, self._clock, self._faults, reader, writer)
        try:
            if await greet(session):
                while not session.ended:
                    await turn(session)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass  # the client has gone, or has been silent for too long
        except asyncio.CancelledError:
            if not self._closing:
                raise
        finally:
            with suppress(ConnectionError):
                writer.close()

    def hang_up(self) -> None:
        self._closing = True
        for serving in list(self._open):
            serving.cancel()


async def greet(session: Session) -> bool:
    fault = session.take_fault("connect")
    if fault is not None and not await suffer(session, "*", fault):
        return False
    await session.say(f"* OK [CAPABILITY {imap_login.CAPABILITIES}] Northshire post office ready")
    return True


async def turn(session: Session) -> None:
    """Read one command and answer it."""
    try:
        line, literals = await asyncio.wait_for(read_line(session.reader, session.writer), IDLE_LOGOUT)
        if not line:
            session.ended = True
            return
        command = parse(line, literals)
    except BadCommand as error:
        await session.say(f"* BAD {error}")
        session.ended = str(error).startswith(
            ("Line", "Literal")
        )  # where the next command begins is unknown then
        return
    await answer(session, command)


async def answer(session: Session, command: Command) -> None:
    fault = session.take_fault(_operation(command), _named(command))
    if fault is not None and not await suffer(session, command.tag, fault):
        return
    try:
        text = await dispatch(session, command)
    except BadCommand as error:
        await session.say(f"{command.tag} BAD {error}")
    except Refused as error:
        await session.say(f"{command.tag} NO {error}")
    else:
        if not session.ended or command.name == "LOGOUT":
            await session.tell_news(command.name)
            await session.say(f"{command.tag} OK {text}")


def _operation(command: Command) -> str:
    """What faults call a command: "fetch", whether the client says FETCH or UID FETCH."""
    first = command.words[0] if command.words else b""
    inner = first if command.name == "UID" and isinstance(first, bytes) else command.name.encode()
    return inner.decode("ascii", "replace").lower()


def _named(command: Command) -> str | None:
    """The address that a LOGIN names, since faults may be ordered for one account."""
    first = command.words[0] if command.words else b""
    return (
        first.decode("utf-8", "replace").lower()
        if command.name == "LOGIN" and isinstance(first, bytes)
        else None
    )


async def dispatch(session: Session, command: Command) -> str:
    """Run the command; gives the text of its OK. BadCommand, Refused as the protocol has them."""
    if command.name in ANYTIME:
        return await ANYTIME[command.name](session, command)
    if session.account is None:
        raise BadCommand("Sign in first")
    if command.name in SIGNED_IN:
        return await SIGNED_IN[command.name](session, command)
    if command.name not in SELECTED:
        raise BadCommand(f"Unknown command {command.name[:40]}")
    if session.selected is None:
        raise BadCommand("Select a folder first")
    return await SELECTED[command.name](session, command)


async def suffer(session: Session, tag: str, fault: Fault) -> bool:
    """Let a fault happen that needs nothing of the command; True when the command is still to run."""
    if fault.fault == "hang":
        await asyncio.sleep(fault.seconds(HANG))
        return True
    if fault.fault == "slow":
        session.pace = fault.seconds(1.0)
        return True
    if fault.fault == "no":
        signing_in = fault.operation.endswith(("login", "authenticate"))
        why = imap_login.FAILED if signing_in else "[UNAVAILABLE] Temporary failure"
        await session.say(f"{tag} NO {fault.more.get('text', why)}")
        return False
    if fault.fault == "bye" and not session.in_fetch(fault):
        await session.bye("Server is shutting down")
        return False
    if fault.fault == "cut" and not session.in_fetch(fault):
        session.cut()
        return False
    session.pending = fault
    return True
