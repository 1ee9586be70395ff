"""A post office for tests: a world with its two mail servers on free ports, in a thread of its own."""

import asyncio
import imaplib
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

from sandbox.faults import Fault
from sandbox.mail import Letter, deliver, start_mail
from sandbox.settings import Settings
from sandbox.world import World

DESK = "desk@northshire.example"
PASSWORD = "sandbox-mail"
T = TypeVar("T")


class Office:
    """Clients of real libraries talk to `imap_port` and `smtp_port`; the world is reached by `call`."""

    def __init__(self, folder: Path) -> None:
        self.imap_port, self.smtp_port = free_port(), free_port()
        self.settings = Settings(imap_port=self.imap_port, smtp_port=self.smtp_port, data=folder)
        self.loop = asyncio.new_event_loop()
        self.world: World

    @contextmanager
    def open(self) -> Iterator["Office"]:
        thread = threading.Thread(target=self.loop.run_forever)
        thread.start()
        servers = self.await_(self._start())
        try:
            yield self
        finally:
            self.await_(servers.close())
            self.call(self.world.close)
            self.loop.call_soon_threadsafe(self.loop.stop)
            thread.join()
            self.loop.close()

    async def _start(self) -> Any:
        self.world = World(self.settings)
        return await start_mail(self.world.store, self.world.clock, self.world.faults, self.settings)

    def await_(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(20)

    def call(self, act: Callable[[], T]) -> T:
        """Do something with the world in the thread that owns it."""

        async def acted() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(acted(), self.loop).result(20)

    def write(self, author: str = "Jo M.", text: str = "Is anybody there?", **more: Any) -> str:
        letter = Letter(author=author, text=text, **more)
        return self.call(lambda: deliver(self.world.store, self.world.clock, letter))

    def fault(self, operation: str, fault: str, **more: Any) -> None:
        times = more.pop("times", 1)
        order = Fault(channel="mail", operation=operation, fault=fault, times=times, more=more)
        self.call(lambda: self.world.faults.order(order))

    def journal(self, kind: str) -> list[dict[str, Any]]:
        entries = self.call(lambda: self.world.journal.since(0, 1000, kind, "mail"))
        return [entry.data for entry in entries]

    def imap(self, address: str = DESK) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=5)
        try:
            client.login(address, PASSWORD)
        except imaplib.IMAP4.error:
            client.shutdown()
            raise
        return client

    def smtp(self, *, sign_in: bool = True, timeout: float = 5) -> smtplib.SMTP:
        client = smtplib.SMTP("127.0.0.1", self.smtp_port, local_hostname="desk.test", timeout=timeout)
        client.ehlo()
        if sign_in:
            client.login(DESK, PASSWORD)
        return client


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def answer(
    text: str, *, to: str = "jo.m@town.example", about: str = "", message_id: str = "<a1@northshire.example>"
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Northshire Police <{DESK}>"
    mail["Reply-To"] = "desk+17.c0ffee@northshire.example"
    mail["To"] = to
    mail["Subject"] = "Re: your message"
    mail["Message-ID"] = message_id
    if about:
        mail["In-Reply-To"] = about
        mail["References"] = about
    mail.set_content(text)
    return mail
