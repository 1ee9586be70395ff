"""The post office: mailboxes, an IMAP server to read them and an SMTP server to fill them.

`deliver` is the public writing a mail; `start_mail` opens both servers on 127.0.0.1.
"""

from sandbox.mail.boxes import create_account, empty
from sandbox.mail.compose import Attachment, Letter
from sandbox.mail.post import deliver
from sandbox.mail.servers import MailServers, start_mail

__all__ = ["Attachment", "Letter", "MailServers", "create_account", "deliver", "empty", "start_mail"]
