"""The whole way of a mail: written in the town, collected, answered, found in the folder of sent mail."""

import imaplib
import smtplib
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from connectors.contract import AccountAccess, Outgoing
from connectors.email import client as client_module
from connectors.email import parse as parse_module
from connectors.email.connector import CONNECTOR
from connectors.errors import AuthRevoked
from inbox.incoming import Incoming

pytestmark = pytest.mark.django_db

DESK = "desk@northshire.example"


@pytest.fixture
def access(sandbox):
    config = {
        "imap_host": "127.0.0.1",
        "imap_port": sandbox.imap_port,
        "imap_security": "none",
        "smtp_host": "127.0.0.1",
        "smtp_port": sandbox.smtp_port,
        "smtp_security": "none",
        "from_name": "Northshire Police",
        "plus_addresses": "yes",
    }
    return AccountAccess(id=1, address=DESK, config=config, secrets={"password": "sandbox-mail"})


def collect(access, cursor=None):
    """Return all new items and the last cursor."""
    items: list[Any] = []
    cursor = dict(cursor or {})
    for page in CONNECTOR.fetch(access, cursor):
        items.extend(page.items)
        cursor = page.cursor
    return items, cursor


def answer(item: Incoming, **more) -> Outgoing:
    """Return a reply to a mail as the delivery makes it."""
    given = {
        "reply_id": 7,
        "text": "Thank you. An officer will ring you today.",
        "visibility": "private",
        "target": item.terms.private_target,
        "subject": item.subject,
        "thread_key": item.thread_key,
    }
    return Outgoing(**{**given, **more})


def test_a_mail_is_collected_once_with_its_untouched_source(sandbox, access):
    message_id = sandbox.post("/town/mail", author="Jo M.", text="My bike is gone.", subject="Stolen bike")
    items, cursor = collect(access)
    assert [(item.subject, item.text) for item in items] == [("Stolen bike", "My bike is gone.")]
    assert message_id.encode() in items[0].raw
    assert items[0].author.name == "Jo M."
    again, after = collect(access, cursor)
    assert again == [] and after == cursor


def test_a_reply_arrives_threaded_and_its_answer_joins_it(sandbox, access):
    written = sandbox.post("/town/mail", author="Jo M.", text="My bike is gone.", subject="Stolen bike")
    (item,), cursor = collect(access)
    receipt = CONNECTOR.send(access, answer(item))
    accepted = sandbox.journal("accepted")[-1]["data"]
    assert accepted["id"] == receipt.remote_id
    assert accepted["in_reply_to"] == written
    assert accepted["subject"] == "Re: Stolen bike"
    sandbox.post("/town/mail", author="Jo M.", text="It is red.", in_reply_to=receipt.remote_id)
    (second,), _ = collect(access, cursor)
    assert second.joins[0] == receipt.remote_id
    assert second.thread_key == item.thread_key
    assert second.text == "It is red."
    assert "An officer will ring" in second.quoted


def test_a_sent_reply_is_found_and_one_that_was_never_sent_is_not(sandbox, access):
    sandbox.post("/town/mail", author="Jo M.", text="Hello", subject="Hello")
    (item,), _ = collect(access)
    outgoing = answer(item)
    assert CONNECTOR.find_sent(access, outgoing) is None
    receipt = CONNECTOR.send(access, outgoing)
    found = CONNECTOR.find_sent(access, outgoing)
    assert found is not None and found.remote_id == receipt.remote_id
    assert CONNECTOR.find_sent(access, replace(outgoing, reply_id=8)) is None


def test_an_answer_that_lost_its_thread_is_joined_by_our_signed_address(sandbox, access):
    sandbox.post("/town/mail", author="Jo M.", text="Hello", subject="Hello")
    (item,), cursor = collect(access)
    receipt = CONNECTOR.send(access, answer(item))
    signed = read_header(sandbox, "Reply-To")
    deliver(sandbox, signed, "Me again, from another address.")
    (second,), cursor = collect(access, cursor)
    assert second.joins == (receipt.remote_id,)
    name, _, rest = signed.partition(".")
    forged = f"{name}.{'b' if rest.startswith('a') else 'a'}{rest[1:]}"
    deliver(sandbox, forged, "Let me in.")
    (third,), _ = collect(access, cursor)
    assert third.joins == ()


def test_collecting_marks_nothing_as_seen(sandbox, access):
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    collect(access)
    with sign_in(sandbox) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "UNSEEN")[1] == [b"1"]


def test_what_another_program_has_read_is_collected_all_the_same(sandbox, access):
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    with sign_in(sandbox) as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Seen)")
    items, _ = collect(access)
    assert len(items) == 1


def test_two_mails_with_one_message_id_are_two_items(sandbox, access):
    for text in ("first", "second"):
        deliver(sandbox, DESK, text, message_id="<same@town.example>")
    items, _ = collect(access)
    assert [item.text for item in items] == ["first", "second"]
    assert items[0].remote_id != items[1].remote_id


def test_new_numbers_from_the_server_bring_the_same_mails_under_the_same_names(sandbox, access):
    for number in range(3):
        sandbox.post("/town/mail", author="Jo M.", text=f"Mail {number}")
    items, cursor = collect(access)
    pages = list(CONNECTOR.fetch(access, {**cursor, "validity": cursor["validity"] + 1}))
    assert [item.remote_id for page in pages for item in page.items] == [item.remote_id for item in items]
    assert any("new numbers" in warning for page in pages for warning in page.warnings)


def test_many_mails_come_in_pages_that_can_each_be_kept(sandbox, access):
    sandbox.call("POST", "/town/mail", json=[{"author": f"P {n}", "text": f"Mail {n}"} for n in range(120)])
    pages = list(CONNECTOR.fetch(access, {}))
    assert [len(page.items) for page in pages] == [50, 50, 20]
    rest, _ = collect(access, pages[0].cursor)
    assert [item.text for item in rest][:1] == ["Mail 50"]


def test_of_a_mail_beyond_the_limit_the_beginning_is_collected_and_people_are_told(
    sandbox, access, monkeypatch
):
    for module in (client_module, parse_module):
        monkeypatch.setattr(module, "LARGEST_MAIL", 2_000)
    monkeypatch.setattr(client_module, "HEAD_OF_LARGER", 1_000)
    deliver(sandbox, DESK, "He is at my door. " + "x" * 50_000)
    sandbox.post("/town/mail", author="Jo M.", text="Small")
    large, small = collect(access)[0]
    assert large.text.startswith("He is at my door.") and len(large.raw) == 1_000
    assert any("Only its beginning" in remark for remark in large.remarks)
    assert small.text == "Small"


def test_a_wrong_password_asks_for_a_person_and_sends_nothing(sandbox, access):
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    (item,), _ = collect(access)
    wrong = replace(access, secrets={"password": "wrong"})
    with pytest.raises(AuthRevoked):
        collect(wrong)
    with pytest.raises(AuthRevoked):
        CONNECTOR.send(wrong, answer(item))
    assert sandbox.journal("accepted") == []


def test_the_test_of_a_mailbox_says_what_works(access):
    health = CONNECTOR.check(access)
    assert health.ok
    assert health.sentence == f"Connected as {DESK}."


def deliver(sandbox, to, text, message_id=None):
    """Hand a mail in by SMTP as any mail program would, without threading headers."""
    message = EmailMessage()
    message["From"] = "stranger@town.example"
    message["To"] = to
    message["Subject"] = "Hello"
    if message_id:
        message["Message-ID"] = message_id
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as client:
        client.send_message(message)


def sign_in(sandbox, address=DESK):
    """Open the mailbox as another mail program does."""
    client = imaplib.IMAP4("127.0.0.1", sandbox.imap_port, timeout=10)
    client.login(address, "sandbox-mail")
    return client


def read_header(sandbox, name):
    """Return a header of the mail that the desk sent last, from its folder of sent mail."""
    with sign_in(sandbox) as client:
        client.select("Sent", readonly=True)
        _, numbers = client.search(None, "ALL")
        _, data = client.fetch(numbers[0].split()[-1], f"(BODY.PEEK[HEADER.FIELDS ({name})])")
        return data[0][1].decode().partition(":")[2].strip()
