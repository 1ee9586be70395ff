from typing import Any

from sandbox.mail.world_types import ClockLike, SettingsLike, StoreLike


class MailServers:
    async def close(self) -> None:
        """Stop listening and end every open connection."""


async def start_mail(store: StoreLike, clock: ClockLike, faults: Any, settings: SettingsLike) -> MailServers:
    """Open IMAP and SMTP on 127.0.0.1 at settings.imap_port and settings.smtp_port."""
    return MailServers()
