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


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def test_a_form_is_stored_shown_field_by_field_and_answered_to_its_writer(mailbox, sandbox, operator, client):
    told = "Name: Jo <b>M.</b>\nE-mail: jo@town.example\nPhone:\nWhat happened: He has a knife"
    hand_in(sandbox, "Web <no-reply@web.example>", "New report", told)
    poll_now(mailbox)
    message = Message.objects.defer("search").get()
    assert message.form[0] == ["Name", "Jo <b>M.</b>"] and message.form[2] == ["Phone", ""]
    assert message.handle.key == "jo@town.example"
    assert message.conversation.urgency >= 2
    client.force_login(operator)
    page = client.get(f"/c/{message.conversation_id}/").content.decode()
    assert "What was filled in, field by field" in page
    assert "Jo &lt;b&gt;M.&lt;/b&gt;" in page and "left empty" in page
    assert answer(operator, message.conversation, "We are on our way.", "private").state == ReplyState.SENT
    assert sandbox.journal("accepted")[-1]["data"]["to"] == ["jo@town.example"]


def test_a_picture_in_a_mail_is_shown_in_its_place_and_no_other_is_fetched(
    mailbox, sandbox, operator, client
):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "jo@town.example", DESK, "A picture"
    message.set_content("See below")
    message.add_alternative(
        "<p>See <img src='cid:p1@x' alt='gate'><img src='cid:none'><img src='cid:bad'>"
        "<img src='https://evil.example/b.gif'></p>",
        subtype="html",
    )
    html = message.get_body(("html",))
    assert html is not None
    html.add_related(PIXEL, "image", "png", cid="<p1@x>")
    html.add_related(b"<script>alert(1)</script>", "image", "png", cid="<bad>")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as client_of_mail:
        client_of_mail.send_message(message)
    poll_now(mailbox)
    stored = Message.objects.defer("search").get()
    client.force_login(operator)
    answered = client.get(f"/messages/{stored.pk}/html/")
    shown = answered.content.decode()
    assert shown.count('src="data:image/png;base64,iVBOR') == 1
    assert shown.count("src=") == 1 and "evil.example" not in shown
    assert "img-src data:" in answered["Content-Security-Policy"]


def test_a_mail_that_is_encrypted_is_for_a_person_to_judge_and_on_top(mailbox, sandbox):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "jo@town.example", DESK, "Private"
    message.set_content(b"MII", maintype="application", subtype="pkcs7-mime", filename="smime.p7m")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as client:
        client.send_message(message)
    poll_now(mailbox)
    stored = Message.objects.defer("search").get()
    assert stored.conversation.unjudged
    assert any("encrypted with S/MIME" in remark for remark in stored.terms["remarks"])
