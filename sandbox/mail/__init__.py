"""The post office: mailboxes, an IMAP server to read them and an SMTP server to fill them.

`deliver` is the public writing a mail; `start_mail` opens both servers on 127.0.0.1.

Operations for faults: `imap.connect`, `imap.login`, `imap.authenticate`, `imap.select`, `imap.search`,
`imap.fetch`, `imap.store` and so on for each command; `smtp.connect` (at EHLO), `smtp.auth`, `smtp.mail`,
`smtp.rcpt`, `smtp.data`. Faults of both: `hang` and `slow` (`seconds`), `cut`. Of IMAP: `no` (`text`),
`bye` (in the middle of a mail when it hits `imap.fetch`), `garbage` (fetch), `uidvalidity` (select),
`expunge` (fetch). Of SMTP: a code such as `421`, `450`, `451`, `452`, `535`, `550`, `552`, `553`, `554`, or
`status` with `status`; at `smtp.data` also `accept_then_cut`, `accept_then_hang`, `bounce` (accepted, then
returned by a report) and `away` (accepted, then answered by a machine).
"""

from sandbox.mail.compose import Attachment, Letter
from sandbox.mail.letters import answers_to
from sandbox.mail.owners import create_account, file_sent_mail
from sandbox.mail.post import deliver
from sandbox.mail.schema import empty
from sandbox.mail.servers import MailServers, start_mail
from sandbox.mail.smtp_faults import TEXTS

MAIL_FAULTS = frozenset(
    {"hang", "slow", "cut", "no", "bye", "garbage", "uidvalidity", "expunge", "status", *TEXTS}
    | {"accept_then_cut", "accept_then_hang", "bounce", "away"}
)

__all__ = [
    "MAIL_FAULTS",
    "Attachment",
    "Letter",
    "MailServers",
    "answers_to",
    "create_account",
    "deliver",
    "empty",
    "file_sent_mail",
    "start_mail",
]
