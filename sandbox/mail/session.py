"""One IMAP connection: who is signed in, what is selected, and how lines go out."""

import asyncio

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.mail.owners import Account
from sandbox.mail.selected import FolderGone, Selected
from sandbox.store import Store

QUIET = ("FETCH", "STORE", "SEARCH")  # no EXPUNGE may be told during these (RFC 3501 section 7.4.1)


class Refused(Exception):
    """The command is understood and answered with NO; the text may begin with a code in brackets."""


class Session:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        faults: Faults,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.store, self.clock, self.faults = store, clock, faults
        self.reader, self.writer = reader, writer
        self.account: Account | None = None
        self.selected: Selected | None = None
        self.ended = False
        self.pace = 0.0
        self.pending: Fault | None = None

    @property
    def address(self) -> str:
        return self.account.address if self.account else ""

    def take_fault(self, operation: str, account: str | None = None) -> Fault | None:
        return self.faults.take("mail", f"imap.{operation}", self.address or account)

    def take_pending(self, *names: str) -> Fault | None:
        """The ordered fault that the running command itself must suffer, once."""
        fault = self.pending
        if fault is None or fault.fault not in names:
            return None
        self.pending = None
        return fault

    def in_fetch(self, fault: Fault) -> bool:
        """Whether a cut is to come in the middle of a mail's bytes."""
        return fault.operation.endswith("fetch") and self.selected is not None

    async def say(self, line: str | bytes) -> None:
        data = line.encode("utf-8", "replace") if isinstance(line, str) else line
        await self.send(data + b"\r\n")

    async def send(self, data: bytes) -> None:
        """Bytes as they are; `pace` seconds after each eighth of them when the connection is to crawl."""
        if not self.pace:
            self.writer.write(data)
            await self.writer.drain()
            return
        step = max(len(data) // 8, 1)
        for start in range(0, len(data), step):
            self.writer.write(data[start : start + step])
            await self.writer.drain()
            await asyncio.sleep(self.pace / 8)

    async def tell_news(self, command: str) -> None:
        """What came and went in the selected folder, where the protocol allows it to be told."""
        if self.selected is None or command in QUIET or command == "UID":
            return
        try:
            lines = self.selected.news()
        except FolderGone:
            await self.bye("The selected folder has gone or was rebuilt; select it again")
            return
        for line in lines:
            await self.say(line)

    async def bye(self, why: str) -> None:
        await self.say(f"* BYE {why}")
        self.ended = True

    def cut(self) -> None:
        """Close without a word; what the kernel still holds is sent, as when a server is killed."""
        self.ended = True
        self.writer.close()
