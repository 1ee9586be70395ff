"""Mail that machines write: reports of failed delivery (RFC 3464), answers of absent people (RFC 3834)."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

POSTMASTER = "mailer-daemon@town.example"


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What a report is about: the mail, its envelope, and the moment."""

    raw: bytes
    message_id: str
    sender: str
    recipient: str
    at: datetime


def failure(returned: Returned, message_id: str) -> bytes:
    """A multipart/report that says the recipient is unknown, with the headers of the mail that failed."""
    report = EmailMessage(policy=SMTP)
    _head(report, returned, message_id, f"Mail Delivery System <{POSTMASTER}>")
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Auto-Submitted"] = "auto-replied"
    report.set_content(
        f"Your mail to {returned.recipient} could not be delivered. There is no such mailbox.\n"
    )
    report.make_mixed()
    report.attach(_status(returned))
    original = EmailMessage(policy=SMTP)
    original.set_content(
        returned.raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace"), subtype="rfc822-headers"
    )
    report.attach(original)
    report.replace_header("Content-Type", 'multipart/report; report-type="delivery-status"')
    return report.as_bytes()


def absence(returned: Returned, message_id: str) -> bytes:
    """The answer of somebody who is away."""
    answer = EmailMessage(policy=SMTP)
    _head(answer, returned, message_id, returned.recipient)
    answer["Subject"] = "Automatic reply: I am away"
    answer["In-Reply-To"] = returned.message_id
    answer["References"] = returned.message_id
    answer["Auto-Submitted"] = "auto-replied"
    answer["X-Auto-Response-Suppress"] = "All"
    answer["Precedence"] = "bulk"
    answer.set_content("I am away until Monday and will read your mail then.\n")
    return answer.as_bytes()


def _head(message: EmailMessage, returned: Returned, message_id: str, sender: str) -> None:
    message["Message-ID"] = message_id
    message["Date"] = format_datetime(returned.at)
    message["From"] = sender
    message["To"] = returned.sender
    message["Return-Path"] = "<>"


def _status(returned: Returned) -> EmailMessage:
    """Two blocks of fields, about the server and about the one recipient (RFC 3464 section 2)."""
    server, recipient = EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)
    server["Reporting-MTA"] = "dns; town.example"
    recipient["Final-Recipient"] = f"rfc822; {returned.recipient}"
    recipient["Action"] = "failed"
    recipient["Status"] = "5.1.1"
    recipient["Diagnostic-Code"] = "smtp; 550 5.1.1 No such user here"
    status = EmailMessage(policy=SMTP)
    status["Content-Type"] = "message/delivery-status"
    status.set_payload([server, recipient])
    return status
