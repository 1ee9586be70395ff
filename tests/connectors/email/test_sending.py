"""What goes out by mail: the Message-ID, the thread, the signature, files, and whom it did not reach."""

import email
import email.policy
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from connectors.access import open_access
from connectors.contract import OutgoingFile
from connectors.email.connector import CONNECTOR
from connectors.errors import InvalidContent
from inbox.enums import ReplyState
from inbox.models import Conversation, Message, Reply
from inbox.queries.composing import describe_composer
from staff.models import Role
from tests.connectors.conftest import poll_now
from tests.connectors.email.test_mailbox import access, answer, collect, sign_in
from tests.connectors.email.test_threading import JO, KIM, hand_in, mailbox
from tests.connectors.test_whole_way import answer as reply_to
from tests.factories import make_member

__all__ = ["access", "mailbox"]
pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 200


def last_sent(sandbox):
    """Return the mail in the folder of sent mail that came last, and how many there are."""
    with sign_in(sandbox) as client:
        client.select("Sent", readonly=True)
        numbers = client.search(None, "ALL")[1][0].split()
        _, data = client.fetch(numbers[-1], "(BODY.PEEK[])")
    return email.message_from_bytes(data[0][1], policy=email.policy.default), len(numbers)


def test_a_reply_carries_the_id_that_was_stored_before_and_the_whole_thread(mailbox, sandbox, operator):
    hand_in(sandbox, JO, "Bike", "My bike is gone", message_id="<a@town.example>")
    hand_in(sandbox, JO, "Re: Bike", "It is red", message_id="<b@town.example>", answers="<a@town.example>")
    poll_now(mailbox)
    row = reply_to(operator, Conversation.objects.get(), "Thank you.", "private")
    mail, number = last_sent(sandbox)
    assert number == 1
    assert row.chosen_id == row.remote_id == mail["Message-ID"]
    assert mail["In-Reply-To"] == "<b@town.example>"
    assert mail["References"].split() == ["<a@town.example>", "<b@town.example>"]


def test_the_signature_is_set_on_the_account_page_seen_before_sending_and_stands_beneath(
    mailbox, sandbox, operator
):
    admin = Client()
    admin.force_login(make_member("Ada", Role.ADMIN))
    lines = "Northshire Police\r\nTelephone 101"
    given = {"from_name": "Northshire Police", "signature": lines}
    page = admin.post(reverse("account-settings", args=[mailbox.pk]), given, follow=True).content.decode()
    assert "speaks with these settings" in page and "Telephone 101" in page
    hand_in(sandbox, JO, "Bike", "My bike is gone")
    mailbox.refresh_from_db()
    poll_now(mailbox)
    conversation = Conversation.objects.get()
    assert describe_composer(conversation).private.beneath == "Northshire Police\nTelephone 101"
    client = Client()
    client.force_login(operator)
    assert "Telephone 101" in client.get(reverse("conversation", args=[conversation.pk])).content.decode()
    reply_to(operator, conversation, "Thank you.", "private")
    mail, _ = last_sent(sandbox)
    assert mail.get_content().replace("\r\n", "\n") == "Thank you.\n\n-- \nNorthshire Police\nTelephone 101\n"


def test_files_go_out_with_their_names_and_bytes(sandbox, access):
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    (item,), _ = collect(access)
    files = (
        OutgoingFile("plan é.pdf", "application/pdf", len(PDF), load=lambda: PDF),
        OutgoingFile("list.csv", "text/csv", 8, load=lambda: b"a,b\n\xc3\xa9,2\n"),
    )
    CONNECTOR.send(access, answer(item, files=files))
    mail, _ = last_sent(sandbox)
    attached = list(mail.iter_attachments())
    assert [one.get_filename() for one in attached] == ["plan é.pdf", "list.csv"]
    assert [one.get_payload(decode=True) for one in attached] == [PDF, b"a,b\n\xc3\xa9,2\n"]
    assert "ring you today" in mail.get_body(("plain",)).get_content()


def test_a_file_whose_bytes_are_gone_stops_the_mail_before_it_leaves(sandbox, access):
    def gone() -> bytes:
        raise InvalidContent("The file is not there any more. Nothing was sent.", code="file")

    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    (item,), _ = collect(access)
    with pytest.raises(InvalidContent):
        CONNECTOR.send(access, answer(item, files=(OutgoingFile("a.pdf", "application/pdf", 5, load=gone),)))
    assert sandbox.journal("accepted") == []


def test_files_may_be_as_large_as_the_server_says(access):
    found = CONNECTOR.check(access).config["mail_size"]
    assert found > 0
    small = replace(access, config={**access.config, "mail_size": 2_000_000})
    rules = CONNECTOR.capabilities(small).private_files
    assert rules.explain([("a.pdf", "application/pdf", 1_200_000)]) == ""
    assert "larger" in rules.explain([("a.pdf", "application/pdf", 1_300_000)])


def test_whom_the_server_refused_is_named_beside_the_mail_that_went_to_the_others(
    mailbox, sandbox, operator, client
):
    hand_in(sandbox, JO, "Both of us", "Please answer us both", reply_to=f"{JO}, {KIM}")
    poll_now(mailbox)
    conversation = Conversation.objects.get()
    assert describe_composer(conversation).private.recipients == (JO, KIM)
    sandbox.fault("mail", "smtp.rcpt", "550", skip=1)
    row = reply_to(operator, conversation, "Thank you both.", "private")
    assert row.state == ReplyState.SENT, row.error_text
    client.force_login(operator)
    page = client.get(reverse("conversation", args=[conversation.pk])).content.decode()
    assert f"Sent, but not to everybody. {KIM} was refused" in page


def test_a_server_that_files_by_itself_is_given_no_second_copy(mailbox, sandbox, operator):
    hand_in(sandbox, JO, "Bike", "My bike is gone")
    poll_now(mailbox)
    reply_to(operator, Conversation.objects.get(), "Thank you.", "private")
    assert last_sent(sandbox)[1] == 1
    row = Reply.objects.get()
    assert CONNECTOR.find_sent(open_access(mailbox), answer_of(row)) is not None
    CONNECTOR.file(open_access(mailbox), row.remote_id, b"Message-ID: x\r\n\r\nagain")
    assert last_sent(sandbox)[1] == 1
    assert Message.objects.filter(direction="out").count() == 1


def answer_of(row):
    """Return the reply as it is looked for."""
    from connectors.delivery import describe_outgoing
    from inbox.services.outbox.leasing import LeasedReply

    return describe_outgoing(
        LeasedReply(
            reply_id=row.pk,
            account_id=row.conversation.account_id,
            conversation_id=row.conversation_id,
            fence=row.lease_fence,
            attempts=1,
            text=row.text,
            visibility=row.visibility,
            target=row.answers.terms["private_target"],
            subject="",
            chosen_id=row.chosen_id,
            in_reply_to="",
            references=(),
            thread_key="",
            attempted_at=row.attempted_at,
        )
    )
