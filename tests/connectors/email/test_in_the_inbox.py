"""From a mail in the town to the answer in its sender's mailbox, through the desk's own rows."""

import smtplib
from email.message import EmailMessage

import pytest

from inbox.enums import Direction, ReplyState
from inbox.models import Conversation, Message
from tests.connectors.conftest import connect, poll_now
from tests.connectors.test_whole_way import answer

pytestmark = pytest.mark.django_db

DESK = "desk@northshire.example"


@pytest.fixture
def mailbox(db, sandbox):
    return connect("email")


def test_a_mail_is_graded_answered_and_its_answer_joins_the_conversation(mailbox, sandbox, operator):
    written = sandbox.post(
        "/town/mail", author="Jo M.", text="He is at my door with a knife", subject="Please help"
    )
    mailbox = poll_now(mailbox)
    conversation = Conversation.objects.get()
    assert conversation.subject == "Please help"
    assert conversation.urgency >= 2

    row = answer(operator, conversation, "Please call 999 now.", "private")
    assert row.state == ReplyState.SENT, row.error_text
    sent = sandbox.journal("accepted")[-1]["data"]
    assert sent["in_reply_to"] == written
    assert sent["subject"] == f"Re: Please help [#{conversation.pk}]"

    sandbox.post("/town/mail", author="Jo M.", text="He has gone.", in_reply_to=sent["id"])
    poll_now(mailbox)
    conversation = Conversation.objects.get()
    assert conversation.state == "open"
    told = [
        (one.direction, one.text) for one in Message.objects.defer("search").order_by("received_at", "id")
    ]
    assert told == [
        (Direction.IN, "He is at my door with a knife"),
        (Direction.OUT, "Please call 999 now."),
        (Direction.IN, "He has gone."),
    ]


def test_a_bounce_puts_the_reply_back_in_front_of_people(mailbox, sandbox, operator):
    sandbox.post("/town/mail", author="Jo M.", text="My bike is gone", subject="Bike")
    mailbox = poll_now(mailbox)
    sandbox.fault("mail", "smtp.data", "bounce")
    answer(operator, Conversation.objects.get(), "Thank you.", "private")
    poll_now(mailbox)
    conversation = Conversation.objects.get()
    assert conversation.state == "open"
    assert conversation.reply_trouble


def test_an_away_note_joins_its_conversation_and_asks_nobody_for_an_answer(mailbox, sandbox, operator):
    sandbox.post("/town/mail", author="Jo M.", text="My bike is gone", subject="Bike")
    mailbox = poll_now(mailbox)
    sandbox.fault("mail", "smtp.data", "away")
    answer(operator, Conversation.objects.get(), "Thank you.", "private")
    poll_now(mailbox)
    conversation = Conversation.objects.get()
    assert conversation.state == "waiting"
    assert Message.objects.filter(automatic=True).count() == 1


def test_a_number_in_the_subject_counts_only_from_a_sender_who_is_known_there(mailbox, sandbox, operator):
    hand_in(sandbox, "jo@town.example", "Bike", "My bike is gone")
    mailbox = poll_now(mailbox)
    number = Conversation.objects.get().pk
    hand_in(sandbox, "jo@town.example", f"Re: Bike [#{number}]", "It is red")
    hand_in(sandbox, "stranger@town.example", f"Re: Bike [#{number}]", "Where does she live?")
    poll_now(mailbox)
    known = Message.objects.filter(conversation=number).values_list("text", flat=True)
    assert sorted(known) == ["It is red", "My bike is gone"]
    assert Conversation.objects.count() == 2


def test_a_mail_that_holds_what_no_database_takes_is_stored_with_its_source(mailbox, sandbox):
    raw = b"From: jo@town.example\r\nSubject: \x00\xed\xa0\x80 help\r\n\r\nHe is \x00 here \xed\xa0\x80"
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as client:
        client.sendmail("jo@town.example", [DESK], raw)
    poll_now(mailbox)
    message = Message.objects.defer("search").get()
    assert "He is \ufffd here" in message.text
    assert message.raw is not None
    assert b"He is \x00 here" in bytes(message.raw.body)


def hand_in(sandbox, sender, subject, text):
    """Send a mail without threading headers."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, DESK, subject
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as client:
        client.send_message(message)
