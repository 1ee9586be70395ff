"""Both mail servers, opened and closed together."""

import asyncio
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.mail.imap import ImapServer
from sandbox.mail.schema import prepare
from sandbox.mail.smtp import SmtpServer
from sandbox.settings import Settings
from sandbox.store import Store

HOST = "127.0.0.1"


@dataclass
class MailServers:
    imap: ImapServer
    smtp: SmtpServer
    listening: list[asyncio.Server]

    async def close(self) -> None:
        """Stop listening and end every open connection."""
        for server in self.listening:
            server.close()
        self.imap.hang_up()
        self.smtp.hang_up()
        await asyncio.gather(*(server.wait_closed() for server in self.listening))


async def start_mail(store: Store, clock: Clock, faults: Faults, settings: Settings) -> MailServers:
    """Open IMAP and SMTP on 127.0.0.1 at the ports that the settings say. OSError: one is taken."""
    prepare(store)
    imap = ImapServer(store, clock, faults)
    smtp = SmtpServer(store, clock, faults)
    reading = await asyncio.start_server(imap.serve, HOST, settings.imap_port, limit=imap.line_limit)
    try:
        posting = await asyncio.get_running_loop().create_server(smtp.connection, HOST, settings.smtp_port)
    except OSError:
        reading.close()
        raise
    return MailServers(imap, smtp, [reading, posting])
