"""The whole way of mail through servers that others wrote: Dovecot for reading, aiosmtpd for sending."""

import threading
import time
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from connectors.access import open_access
from connectors.email import idle
from connectors.email.connector import CONNECTOR
from connectors.errors import AuthRevoked
from connectors.services import add_account
from inbox.enums import ReplyState
from inbox.models import Conversation, Message
from inbox.queries.composing import describe_composer
from tests.connectors.conftest import poll_now
from tests.connectors.email.letters import write_mail
from tests.connectors.test_whole_way import answer
from tests.dovecot import PASSWORD, USER, Dovecot, dovecot, dovecot_process, trusts
from tests.sandbox_process import free_ports

__all__ = ["dovecot", "dovecot_process"]
pytestmark = pytest.mark.django_db
NOBODY = "nobody@town.example"


class Taking:
    """Takes mail from who has signed in; has no mailbox for nobody."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == NOBODY:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return "250 2.0.0 Taken"


class Post(Controller):
    """The library's own server with STARTTLS, sign-in and a limit of size."""

    certificate: Path

    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            hostname="localhost",
            tls_context=trusts(self.certificate),
            require_starttls=True,
            auth_required=True,
            authenticator=lambda *words: AuthResult(success=words[-1].password == PASSWORD.encode()),
            data_size_limit=5_000_000,
        )


@pytest.fixture
def post(dovecot: Dovecot) -> Iterator[Post]:
    (port,) = free_ports(1)
    made = Post(Taking(), hostname="localhost", port=port)
    made.certificate = dovecot.certificate
    made.start()
    yield made
    made.stop()


@pytest.fixture
def values(dovecot: Dovecot, post: Post, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    return {
        "address": USER,
        "password": PASSWORD,
        "imap_host": "localhost",
        "imap_port": str(dovecot.tls),
        "imap_security": "tls",
        "smtp_host": "localhost",
        "smtp_port": str(post.port),
        "smtp_security": "starttls",
    }


@pytest.fixture
def mailbox(values):
    return add_account(actor=None, channel="email", name="A real mailbox", values=values)


def number(count, first=0):
    return [
        write_mail(f"Subject: Number {n}", f"Message-ID: <n{n}@town.example>", body=f"This is number {n}.")
        for n in range(first, first + count)
    ]


def texts():
    return sorted(Message.objects.filter(direction="in").values_list("text", flat=True))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_is_collected_once_with_its_bytes_and_stays_unread(dovecot, values, security):
    port = {"tls": dovecot.tls, "starttls": dovecot.plain}[security]
    values |= {"imap_port": str(port), "imap_security": security}
    mailbox = add_account(actor=None, channel="email", name="A real mailbox", values=values)
    raw = write_mail("Subject: =?utf-8?q?Hilfe=21?=", body="He is at my door.\r\n.\r\n\xfc " + "x" * 70_000)
    dovecot.put(raw, *number(120))
    mailbox = poll_now(mailbox)
    assert Message.objects.count() == 121
    first = Message.objects.select_related("raw").get(subject="Hilfe!")
    assert bytes(first.raw.body) == raw
    poll_now(mailbox)
    assert Message.objects.count() == 121
    with dovecot.sign_in() as client:
        client.select("INBOX", readonly=True)
        assert len(client.search(None, "UNSEEN")[1][0].split()) == 121


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(values, monkeypatch):
    from inbox.errors import BadInput

    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(BadInput):
        add_account(actor=None, channel="email", name="A real mailbox", values=values)


def test_what_other_programs_read_flag_and_delete_is_collected_all_the_same(dovecot, mailbox):
    dovecot.put(*number(6))
    mailbox = poll_now(mailbox)
    dovecot.put(*number(6, first=6))
    with dovecot.sign_in() as client:
        client.select("INBOX")
        client.store("1:*", "+FLAGS", r"(\Seen \Flagged)")
        client.store("2:3", "+FLAGS", r"(\Deleted)")
        client.expunge()
    dovecot.put(*number(2, first=12))
    poll_now(mailbox)
    assert texts() == sorted(f"This is number {n}." for n in range(14))


def test_new_numbers_from_the_server_bring_nothing_twice_and_lose_nothing(dovecot, mailbox):
    dovecot.put(*number(8))
    mailbox = poll_now(mailbox)
    before = mailbox.cursor["validity"]
    dovecot.renumber()
    dovecot.put(*number(3, first=8))
    mailbox = poll_now(mailbox)
    assert mailbox.cursor["validity"] != before
    assert texts() == sorted(f"This is number {n}." for n in range(11))
    assert any("new numbers" in one for one in mailbox.meter["warnings"])


def test_the_server_says_at_once_that_mail_came(dovecot, mailbox, monkeypatch):
    monkeypatch.setattr(idle, "SLICE_SECONDS", 0.2)
    heard: list[float] = []
    ended, access = threading.Event(), open_access(mailbox)
    said = threading.Thread(
        target=CONNECTOR.listen, args=[access, lambda: heard.append(time.monotonic()), ended.is_set]
    )
    said.start()
    try:
        assert wait_for(lambda: len(heard) == 1)
        began = time.monotonic()
        dovecot.put(*number(1))
        assert wait_for(lambda: len(heard) == 2)
        assert heard[1] - began < 5
    finally:
        ended.set()
        said.join(10)
    assert not said.is_alive()


def wait_for(true, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not true():
        time.sleep(0.02)
    return true()


def test_a_reply_goes_out_signed_in_and_lands_in_the_folder_of_sent_mail(dovecot, post, mailbox, operator):
    dovecot.put(*number(1))
    poll_now(mailbox)
    row = answer(operator, Conversation.objects.get(), "Thank you.\n.hidden dot", "private")
    assert row.state == ReplyState.SENT, row.error_text
    (taken,) = post.handler.taken
    mail = message_from_bytes(taken.content)
    assert (taken.mail_from, taken.rcpt_tos) == (USER, ["jo@town.example"])
    assert mail["Message-ID"] == row.chosen_id and mail["In-Reply-To"] == "<n0@town.example>"
    assert b"\r\n.hidden dot" in taken.content
    with dovecot.sign_in() as client:
        client.select("Sent", readonly=True)
        assert client.search(None, "HEADER", "Message-ID", row.chosen_id)[1][0].split()
        assert client.search(None, "SEEN")[1][0].split()
    most = describe_composer(Conversation.objects.get()).private.files.most_together
    assert most and most < 5_000_000


def test_an_answer_to_two_of_whom_one_is_refused_says_whom(dovecot, post, mailbox, operator):
    dovecot.put(write_mail(f"Reply-To: jo@town.example, {NOBODY}"))
    poll_now(mailbox)
    row = answer(operator, Conversation.objects.get(), "Thank you.", "private")
    assert row.state == ReplyState.SENT
    assert post.handler.taken[0].rcpt_tos == ["jo@town.example"]
    assert row.message.terms["refused"] == [f"{NOBODY} was refused (550)."]


def test_a_wrong_password_asks_for_a_person(values, mailbox):
    access = open_access(mailbox)
    access.secrets["password"] = "wrong"
    with pytest.raises(AuthRevoked):
        list(CONNECTOR.fetch(access, {}))


def test_a_folder_with_a_name_in_another_script_is_read(dovecot, values):
    with dovecot.sign_in() as client:
        client.create('"Gesch&AOQ-ft"')
    dovecot.put(*number(2), folder='"Gesch&AOQ-ft"')
    mailbox = add_account(
        actor=None, channel="email", name="A folder", values={**values, "folder": "Geschäft"}
    )
    poll_now(mailbox)
    assert len(texts()) == 2
    with dovecot.sign_in() as client:
        client.delete('"Gesch&AOQ-ft"')
