"""The post office: mailboxes, an IMAP server to read them and an SMTP server to fill them.

`deliver` is the public writing a mail; `start_mail` opens both servers on 127.0.0.1.
"""

from sandbox.mail.compose import Attachment, Letter
from sandbox.mail.letters import answers_to
from sandbox.mail.owners import create_account, file_sent_mail
from sandbox.mail.post import deliver
from sandbox.mail.schema import empty
from sandbox.mail.servers import MailServers, start_mail

__all__ = [
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
