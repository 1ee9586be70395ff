"""The channel e-mail, as the desk knows it."""

import imaplib
import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone

from connectors.contract import AccountAccess, ConsentAsked, Health, Outgoing, Page, Receipt, Setup
from connectors.email import config, consent, idle, sending
from connectors.email.canary import find_interval, send_check
from connectors.email.client import open_inbox
from connectors.email.compose import compose_reply, name_reply, read_target
from connectors.email.fetching import fetch_pages
from connectors.email.known import find_number
from connectors.errors import ConnectorError, InvalidContent
from inbox.capabilities import Capabilities

log = logging.getLogger(__name__)


class EmailConnector:
    """One mailbox."""

    word = "email"

    def capabilities(self, access: AccountAccess) -> Capabilities:
        """Return what a mailbox can do."""
        return config.describe_abilities(access.config)

    def setup(self) -> Setup:
        """Return the guided set-up."""
        return config.SETUP

    def check(self, access: AccountAccess) -> Health:
        """Sign in for reading and for sending; nothing is read and nothing sent."""
        mailbox = config.read_mailbox(access)
        with open_inbox(access) as inbox:
            sent = inbox.find_sent_folder()
        client = sending.open_checked(access, mailbox)
        size = sending.read_size(client)
        client.close()
        details = [f"The folder {mailbox.folder} can be read.", "Mail can be sent."]
        if mailbox.files_sent:
            details.append("The server keeps sent mail by itself.")
        else:
            details.append(
                f"The desk keeps sent mail in {sent}." if sent else "No folder for sent mail was found."
            )
        sentence = f"Connected as {mailbox.address}."
        return Health(True, sentence, tuple(details), mailbox.address, {"mail_size": size})

    def canary_seconds(self, access: AccountAccess) -> int:
        """Return how often the mailbox may write to itself."""
        return find_interval(config.read_mailbox(access))

    def send_canary(self, access: AccountAccess, token: str) -> None:
        """Write to the mailbox itself; `fetch` finds it again."""
        send_check(access, token)

    def fetch(self, access: AccountAccess, cursor: dict[str, Any]) -> Iterator[Page]:
        """Yield new mail."""
        return fetch_pages(access, cursor)

    def ask_consent(self, access: AccountAccess, return_to: str) -> ConsentAsked | None:
        """Send the admin to Microsoft's or Google's own page where a person is to agree."""
        return consent.ask(access, return_to)

    def take_consent(
        self, access: AccountAccess, kept: dict[str, Any], answer: dict[str, str]
    ) -> dict[str, str]:
        """Return the tokens for what came back from there."""
        return consent.take(access, kept, answer)

    def listen(self, access: AccountAccess, news: Callable[[], None], stopped: Callable[[], bool]) -> bool:
        """Wait on the server's word that mail came."""
        return idle.listen(access, news, stopped)

    def send(self, access: AccountAccess, outgoing: Outgoing) -> Receipt:
        """Send one mail, once, and file it where the server does not."""
        mailbox = config.read_mailbox(access)
        number = find_number(outgoing.reply_id)
        try:
            message = compose_reply(outgoing, mailbox, number=number, at=timezone.now())
            raw = message.as_bytes()
        except (ValueError, UnicodeError) as error:
            raise InvalidContent(
                "The mail could not be written. Nothing was sent.", code="compose"
            ) from error
        target = read_target(outgoing.target)
        refused = sending.post(access, mailbox, sending.Letterpost(mailbox.address, target.to, raw))
        if not mailbox.files_sent:
            self.file(access, str(message["Message-ID"]), raw)
        return Receipt(remote_id=str(message["Message-ID"]), refused=refused)

    def choose_id(self, access: AccountAccess, outgoing: Outgoing) -> str:
        """Return the Message-ID, so that every try carries the same one and the reply can be looked for."""
        return name_reply(outgoing, config.read_mailbox(access))

    def find_sent(self, access: AccountAccess, outgoing: Outgoing) -> Receipt | None:
        """Look for the reply in the folder of sent mail, by the Message-ID that was chosen for it."""
        message_id = name_reply(outgoing, config.read_mailbox(access))
        with open_inbox(access, folder="") as inbox:
            folder = inbox.find_sent_folder()
            if not folder:
                return None
            inbox.open(folder)
            return Receipt(remote_id=message_id) if inbox.find(message_id) else None

    def fetch_file(self, access: AccountAccess, source: str) -> tuple[bytes, str]:
        """Refuse: a mail's files come with the mail."""
        raise InvalidContent("The files of a mail come with it.", code="file")

    def file(self, access: AccountAccess, message_id: str, raw: bytes) -> None:
        """Put the mail into the folder of sent mail unless it is there; failing, it was sent all the same."""
        try:
            with open_inbox(access, folder="") as inbox:
                folder = inbox.find_sent_folder()
                if not folder:
                    return
                inbox.open(folder)
                if not inbox.find(message_id):
                    inbox.file(folder, raw)
        except (ConnectorError, imaplib.IMAP4.error, OSError) as error:
            log.warning("A sent mail of account %s could not be filed: %s", access.id, error)


CONNECTOR = EmailConnector()
