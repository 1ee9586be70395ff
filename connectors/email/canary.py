"""A mailbox's own check item: a mail to itself with a signed token, found again, and put away.

Only what carries our own signature passes for one. What is found is taken out of the folder, so that nobody
meets it there; where the server cannot remove single mails it is only marked as deleted.
"""

import imaplib
import logging
import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from django.utils import timezone

from connectors.canaries import read_token
from connectors.contract import AccountAccess
from connectors.email import sending
from connectors.email.client import Inbox
from connectors.email.config import Mailbox, read_mailbox
from connectors.email.threads import choose_message_id

FIELD = "X-Desk-Check"
# Providers count what a mailbox sends: Google allows 2,000 mails a day (contract section 6.6).
SECONDS, SECONDS_OF_PROVIDERS = 60, 300
LARGEST, HEAD = 20_000, 8_000
_TOKEN = re.compile(rb"^X-Desk-Check:[ \t]*(\S+)\r?$", re.M | re.I)
_FROM = re.compile(rb"^From:[ \t]*([^\r\n]+)\r?$", re.M | re.I)
log = logging.getLogger(__name__)


def find_interval(mailbox: Mailbox) -> int:
    """Return the seconds between two check items that the mailbox's limits allow."""
    return SECONDS if mailbox.auth == "password" else SECONDS_OF_PROVIDERS


def send_check(access: AccountAccess, token: str) -> None:
    """Send the mailbox a mail with the token. Raises connectors.errors."""
    mailbox = read_mailbox(access)
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = choose_message_id("", seed=token, domain=mailbox.domain)
    message["Date"] = format_datetime(timezone.now())
    message["From"] = message["To"] = mailbox.address
    message["Subject"] = "Digital Desk checks this mailbox"
    message["Auto-Submitted"] = "auto-generated"
    message[FIELD] = token
    message.set_content("The desk sends this to see that mail is heard. It takes it away by itself.")
    sending.post(access, mailbox, sending.Letterpost(mailbox.address, (mailbox.address,), message.as_bytes()))


def read_check(raw: bytes, mailbox: Mailbox, account_id: int) -> str:
    """Return the token of our own check item, nothing for any other mail."""
    if len(raw) > LARGEST:
        return ""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0][:HEAD]
    token, sender = _TOKEN.search(head), _FROM.search(head)
    if not token or not sender:
        return ""
    address = parseaddr(sender[1].decode("ascii", "replace"))[1]
    said = token[1].decode("ascii", "replace")
    is_ours = address.lower() == mailbox.address.lower() and read_token(said, account_id) is not None
    return said if is_ours else ""


def take_away(inbox: Inbox, uids: Sequence[int]) -> None:
    """Take found check items out of the folder; failing, they stay there and are passed over."""
    try:
        inbox.remove(uids)
    except (imaplib.IMAP4.error, OSError) as error:
        log.warning("A check item stays in the mailbox: %s", type(error).__name__)
