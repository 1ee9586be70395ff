"""Which conversation a mail belongs to, and what is said of somebody who writes into another's."""

import smtplib
from email.message import EmailMessage

import pytest
from django.urls import reverse

from connectors.email.demo import make_demo
from connectors.services import add_account
from inbox.models import Conversation, Message
from inbox.queries.composing import describe_composer
from tests.connectors.conftest import poll_now
from tests.connectors.test_whole_way import answer

pytestmark = pytest.mark.django_db

DESK = "desk@northshire.example"
HEADERS = {"Message-ID": "message_id", "In-Reply-To": "answers", "Cc": "cc", "Reply-To": "reply_to"}
JO, KIM, MALLORY = "jo@town.example", "kim@town.example", "mallory@town.example"


@pytest.fixture
def mailbox(db, sandbox):
    return add_account(actor=None, channel="email", name="Northshire by e-mail", values=make_demo().values)


def test_an_answer_to_a_mail_in_the_middle_of_a_thread_joins_it(mailbox, sandbox):
    hand_in(sandbox, JO, "Bike", "My bike is gone", message_id="<a@town.example>")
    hand_in(sandbox, JO, "Re: Bike", "It is red", message_id="<b@town.example>", answers="<a@town.example>")
    mailbox = poll_now(mailbox)
    hand_in(
        sandbox, JO, "Re: Bike", "And it is new", message_id="<c@town.example>", answers="<b@town.example>"
    )
    poll_now(mailbox)
    assert threads() == [["My bike is gone", "It is red", "And it is new"]]


def test_a_thread_that_is_collected_at_once_is_one_conversation(mailbox, sandbox):
    hand_in(sandbox, JO, "Bike", "One", message_id="<a@town.example>")
    hand_in(sandbox, JO, "Re: Bike", "Two", message_id="<b@town.example>", answers="<a@town.example>")
    hand_in(sandbox, JO, "Re: Bike", "Three", message_id="<c@town.example>", answers="<b@town.example>")
    poll_now(mailbox)
    assert threads() == [["One", "Two", "Three"]]


def test_a_mail_that_names_itself_or_its_own_answer_ends_in_a_conversation(mailbox, sandbox):
    hand_in(sandbox, JO, "Round", "One", message_id="<a@town.example>", answers="<b@town.example>")
    hand_in(sandbox, JO, "Round", "Two", message_id="<b@town.example>", answers="<a@town.example>")
    hand_in(sandbox, JO, "Self", "Three", message_id="<s@town.example>", answers="<s@town.example>")
    poll_now(mailbox)
    assert sorted(len(one) for one in threads()) in ([1, 2], [1, 1, 1])


def test_a_mail_of_another_mailbox_is_not_joined(mailbox, sandbox):
    other = add_account(
        actor=None,
        channel="email",
        name="Control room",
        values=make_demo().values | {"address": "control.room@northshire.example"},
    )
    hand_in(sandbox, JO, "Bike", "To the desk", message_id="<a@town.example>")
    poll_now(mailbox)
    hand_in(sandbox, JO, "Re: Bike", "To the room", answers="<a@town.example>", to=other.address)
    poll_now(other)
    assert Conversation.objects.count() == 2


def test_somebody_new_in_a_thread_is_named_before_anybody_answers_them(mailbox, sandbox, operator, client):
    hand_in(sandbox, JO, "My address", "I live at 4 Elm Row", message_id="<a@town.example>")
    mailbox = poll_now(mailbox)
    hand_in(sandbox, MALLORY, "Re: My address", "Which address was it?", answers="<a@town.example>")
    poll_now(mailbox)
    conversation = Conversation.objects.get()
    way = describe_composer(conversation).private
    assert way.recipients == (MALLORY,)
    assert MALLORY in way.caution and "not in this conversation before" in way.caution
    client.force_login(operator)
    page = client.get(reverse("conversation", args=[conversation.pk])).content.decode()
    assert page.count("was not in this conversation before") == 2  # beside the mail, and above the button
    assert "Your words to" not in page


def test_who_was_there_from_the_start_or_was_named_there_is_nobody_new(mailbox, sandbox):
    hand_in(sandbox, JO, "Dog", "Our dog is lost", message_id="<a@town.example>", cc=KIM)
    mailbox = poll_now(mailbox)
    hand_in(sandbox, KIM, "Re: Dog", "It is brown", message_id="<b@town.example>", answers="<a@town.example>")
    hand_in(sandbox, JO, "Re: Dog", "And small", answers="<b@town.example>")
    poll_now(mailbox)
    assert [bool(one.terms.get("newcomer")) for one in said()] == [False, False, False]
    assert describe_composer(Conversation.objects.get()).private.caution == ""


def test_somebody_new_stays_new_and_brings_nobody_in_until_the_desk_has_answered(mailbox, sandbox, operator):
    hand_in(sandbox, JO, "Dog", "Our dog is lost", message_id="<a@town.example>")
    mailbox = poll_now(mailbox)
    hand_in(sandbox, MALLORY, "Re: Dog", "I saw it", answers="<a@town.example>", cc=KIM)
    mailbox = poll_now(mailbox)
    hand_in(sandbox, MALLORY, "Re: Dog", "Hello?", answers="<a@town.example>")
    hand_in(sandbox, KIM, "Re: Dog", "I too", answers="<a@town.example>")
    mailbox = poll_now(mailbox)
    assert [bool(one.terms.get("newcomer")) for one in said()] == [False, True, True, True]
    answer(operator, Conversation.objects.get(), "Thank you, Kim.", "private")
    hand_in(sandbox, KIM, "Re: Dog", "You are welcome", answers="<a@town.example>")
    poll_now(mailbox)
    last = said()[-1]
    assert last.text == "You are welcome" and not last.terms.get("newcomer")


def said():
    """Return what the public said, in order."""
    return list(Message.objects.filter(direction="in").defer("search").order_by("received_at", "id"))


def threads():
    """Return the texts of each conversation."""
    return [
        [one.text for one in conversation.messages.defer("search").order_by("received_at", "id")]
        for conversation in Conversation.objects.order_by("id")
    ]


def hand_in(sandbox, sender, subject, text, **more):
    """Send a mail as any mail program would; `answers` stands in In-Reply-To, and nothing else does."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, more.get("to", DESK), subject
    for name, key in HEADERS.items():
        if more.get(key):
            message[name] = more[key]
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as client:
        client.sendmail(sender, [more.get("to", DESK)], message.as_bytes())
