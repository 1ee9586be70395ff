"""What an SMTP server does when it fails: refuses, is late, hangs, or drops the line."""

import asyncio
from contextlib import suppress

from aiosmtpd.smtp import SMTP

from sandbox.faults import Fault

HANG = 3600.0
SLOW = 2.0
TEXTS = {
    "421": "421 4.3.2 Service not available, closing transmission channel",
    "450": "450 4.2.1 Mailbox temporarily unavailable",
    "451": "451 4.3.0 Local error in processing, try again later",
    "452": "452 4.2.2 Insufficient system storage",
    "535": "535 5.7.3 Authentication unsuccessful",
    "550": "550 5.1.1 No such user here",
    "552": "552 5.2.2 Mailbox full",
    "553": "553 5.7.1 Sender address rejected: not owned by user",
    "554": "554 5.7.1 Message rejected by policy",
}


async def suffer(server: SMTP, fault: Fault) -> str | None:
    """The answer that a fault makes the server give; None when it only makes it late.

    ConnectionResetError: the line is cut, and no answer is to be sent.
    """
    if fault.fault in ("hang", "slow"):
        await asyncio.sleep(fault.seconds(HANG if fault.fault == "hang" else SLOW))
        return None
    if fault.fault == "cut":
        cut(server)
    code = str(fault.more.get("status", fault.fault))
    return str(fault.more.get("text", TEXTS.get(code, TEXTS["451"])))


async def say_and_leave(server: SMTP, text: str) -> None:
    """Give an answer after which the server closes, as 421 does. ConnectionResetError: always."""
    with suppress(ConnectionError):
        await server.push(text)
    close(server, at_once=False)
    raise ConnectionResetError


def cut(server: SMTP) -> None:
    """Drop the line now; the answer that was due is never sent. ConnectionResetError: always."""
    close(server, at_once=True)
    raise ConnectionResetError


def close(server: SMTP, *, at_once: bool) -> None:
    transport = server.transport
    if isinstance(transport, asyncio.Transport):
        (transport.abort if at_once else transport.close)()
