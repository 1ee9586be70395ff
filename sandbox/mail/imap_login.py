"""IMAP commands that need nobody to be signed in, and signing in (RFC 3501 sections 6.1, 6.2)."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable

from sandbox.mail.credentials import with_password, with_token
from sandbox.mail.owners import Account
from sandbox.mail.session import Refused, Session
from sandbox.mail.wire import BadCommand, Command, string
from sandbox.store import Store

CAPABILITIES = (
    "IMAP4rev1 LITERAL+ SASL-IR ID IDLE NAMESPACE UIDPLUS MOVE UNSELECT CHILDREN SPECIAL-USE "
    "AUTH=PLAIN AUTH=XOAUTH2"
)
Handler = Callable[[Session, Command], Awaitable[str]]
FAILED = "[AUTHENTICATIONFAILED] Invalid credentials"


async def capability(session: Session, _: Command) -> str:
    await session.say(f"* CAPABILITY {CAPABILITIES}")
    return "CAPABILITY completed"


async def noop(_: Session, command: Command) -> str:
    return f"{command.name} completed"


async def identify(session: Session, _: Command) -> str:
    await session.say(b"* ID (" + string("name") + b" " + string("Northshire post office") + b")")
    return "ID completed"


async def logout(session: Session, _: Command) -> str:
    await session.bye("Goodbye")
    return "LOGOUT completed"


async def login(session: Session, command: Command) -> str:
    account = with_password(session.store, command.text(0), command.text(1))
    return welcome(session, account, "LOGIN")


async def authenticate(session: Session, command: Command) -> str:
    mechanism = command.text(0).upper()
    if mechanism not in ("PLAIN", "XOAUTH2"):
        raise Refused("[CANNOT] Unsupported mechanism")
    given = command.text(1) if len(command.words) > 1 else await _challenge(session, "")
    if given == "*":
        raise BadCommand("AUTHENTICATE cancelled")
    blob = _decode("" if given == "=" else given)
    account = _plain(session.store, blob) if mechanism == "PLAIN" else with_token(session.store, blob)
    if account is None and mechanism == "XOAUTH2":
        await _explain(session)
    return welcome(session, account, "AUTHENTICATE")


def welcome(session: Session, account: Account | None, word: str) -> str:
    """Sign in. Refused: nobody has that name and secret."""
    if account is None:
        session.store.journal.add("refused", "mail", {"operation": f"imap.{word.lower()}", "reason": FAILED})
        raise Refused(FAILED)
    session.account = account
    return f"[CAPABILITY {CAPABILITIES}] {word} completed"


async def _challenge(session: Session, text: str) -> str:
    await session.say(f"+ {text}")
    return (await session.reader.readline()).decode("ascii", "replace").strip()


async def _explain(session: Session) -> None:
    """A failed XOAUTH2 is first explained, and the client must answer before it hears NO."""
    why = json.dumps({"status": "400", "schemes": "Bearer", "scope": "https://mail.sandbox.invalid/"})
    await _challenge(session, base64.b64encode(why.encode()).decode())


def _plain(store: Store, blob: str) -> Account | None:
    parts = blob.split("\0")
    return with_password(store, parts[1], parts[2]) if len(parts) == 3 else None


def _decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise BadCommand("Bad base64") from error


COMMANDS: dict[str, Handler] = {
    "CAPABILITY": capability,
    "NOOP": noop,
    "CHECK": noop,
    "ID": identify,
    "LOGOUT": logout,
    "LOGIN": login,
    "AUTHENTICATE": authenticate,
}
