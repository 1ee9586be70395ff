"""The desk sends: smtplib, unchanged, against the sandbox's SMTP server, and what arrives where."""

import email
import email.policy
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sandbox.mail import answers_to, file_sent_mail
from tests.sandbox.post_office import DESK, Office, answer
from tests.sandbox_process import Sandbox


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path).open() as office:
        yield office


def inbox(office: Office, address: str, folder: str = "INBOX") -> list[email.message.EmailMessage]:
    client = office.imap(address)
    client.select(folder)
    parts = client.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
    client.logout()
    return [
        email.message_from_bytes(part[1], policy=email.policy.default)
        for part in parts
        if isinstance(part, tuple)
    ]


def test_an_answer_arrives_threaded_in_the_mailbox_of_the_person_who_wrote(office: Office) -> None:
    asked = office.write("Jo M.", "How do I report a lost phone?")
    with office.smtp() as client:
        assert client.send_message(answer("Here is the form — it takes 5 minutes.", about=asked)) == {}
    (mail,) = inbox(office, "jo.m@town.example")
    assert mail["In-Reply-To"] == asked
    assert mail.get_content().strip() == "Here is the form — it takes 5 minutes."
    accepted = office.journal("accepted")[-1]
    assert (accepted["account"], accepted["to"], accepted["in_reply_to"]) == (
        DESK,
        ["jo.m@town.example"],
        asked,
    )
    assert [kept.text for kept in office.call(lambda: answers_to(office.world.store, asked))] == [
        "Here is the form — it takes 5 minutes."
    ]


def test_the_persons_next_mail_goes_where_the_answer_asked_for_it_and_quotes_it(office: Office) -> None:
    asked = office.write("Jo M.", "How do I report a lost phone?")
    with office.smtp() as client:
        client.send_message(answer("Here is the form.", about=asked))
    office.write("Jo M.", "Done, thanks.", in_reply_to="<a1@northshire.example>")
    *_, mail = inbox(office, DESK)
    assert mail["To"] == "desk+17.c0ffee@northshire.example"
    assert mail["In-Reply-To"] == "<a1@northshire.example>"
    assert mail["References"] == f"{asked} <a1@northshire.example>"
    assert mail["Subject"] == "Re: your message"
    assert mail.get_content().replace("\r\n", "\n").startswith("Done, thanks.\n\nOn ")
    assert "> Here is the form." in mail.get_content()


def test_nobody_can_answer_a_mail_that_was_never_sent(office: Office) -> None:
    with pytest.raises(ValueError, match=r"There is no mail .* to answer"):
        office.write("Jo M.", "Done.", in_reply_to="<never@sent.example>")


def test_an_unknown_address_gets_a_mailbox_by_itself(office: Office) -> None:
    with office.smtp() as client:
        client.send_message(answer("Hello.", to="somebody.new@elsewhere.example"))
    assert len(inbox(office, "somebody.new@elsewhere.example")) == 1


def test_mail_between_two_mailboxes_of_the_force_arrives(office: Office) -> None:
    with office.smtp() as client:
        client.send_message(answer("Please take this over.", to="control.room@northshire.example"))
    assert (
        inbox(office, "control.room@northshire.example")[0].get_content().strip() == "Please take this over."
    )


def test_sent_stays_empty_unless_the_provider_files_there_by_itself(office: Office) -> None:
    with office.smtp() as client:
        client.send_message(answer("One."))
        assert inbox(office, DESK, "Sent") == []
        office.call(lambda: file_sent_mail(office.world.store, DESK, on=True))
        client.send_message(answer("Two.", message_id="<a2@northshire.example>"))
    assert [mail["Message-ID"] for mail in inbox(office, DESK, "Sent")] == ["<a2@northshire.example>"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_signing_in_works_by(office: Office, mechanism: str) -> None:
    with office.smtp(sign_in=False) as client:
        client.user, client.password = DESK, "sandbox-mail"
        code, _ = client.auth(mechanism, getattr(client, f"auth_{mechanism.lower()}"))
        assert code == 235


def test_a_token_signs_in_and_a_dead_one_is_refused(office: Office) -> None:
    def token(value: str) -> str:
        return f"user={DESK}\x01auth=Bearer {value}\x01\x01"

    with office.smtp(sign_in=False) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            client.auth("XOAUTH2", lambda challenge=None: token("old") if challenge is None else "")
        assert refused.value.smtp_code == 535
        assert client.auth("XOAUTH2", lambda _=None: token("sandbox-mail-token"))[0] == 235


def test_a_wrong_password_is_535(office: Office) -> None:
    with office.smtp(sign_in=False) as client, pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        client.login(DESK, "wrong")
    assert refused.value.smtp_code == 535


def test_the_force_cannot_write_without_signing_in_nor_under_another_name(office: Office) -> None:
    with office.smtp(sign_in=False) as client, pytest.raises(smtplib.SMTPSenderRefused) as refused:
        client.send_message(answer("Hello."))
    assert refused.value.smtp_code == 530
    with office.smtp() as client, pytest.raises(smtplib.SMTPSenderRefused) as refused:
        client.send_message(answer("Hello."), from_addr="chief@elsewhere.example")
    assert refused.value.smtp_code == 553
    assert office.journal("accepted") == []


def test_a_stranger_can_write_to_the_force_but_cannot_use_it_to_write_to_others(office: Office) -> None:
    with office.smtp(sign_in=False) as client:
        client.sendmail("stranger@far.example", [DESK], b"Subject: hi\r\n\r\nhelp\r\n")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("stranger@far.example", ["victim@far.example"], b"Subject: hi\r\n\r\nbuy\r\n")
    assert [mail["Subject"] for mail in inbox(office, DESK)] == ["hi"]
    assert [entry["text"] for entry in office.journal("written")] == ["help"]


def test_a_mail_nested_a_thousand_deep_is_delivered_all_the_same(office: Office) -> None:
    deep = b"Subject: deep\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(1000)
    )
    with office.smtp(sign_in=False) as client:
        client.sendmail("stranger@far.example", [DESK], deep + b"\r\nbottom\r\n")
    box = office.imap()
    box.select()
    assert b"bottom" in box.uid("FETCH", "1", "(BODY.PEEK[])")[1][0][1]
    box.logout()


def test_some_recipients_refused_and_others_served_is_told_one_by_one(office: Office) -> None:
    office.fault("smtp.rcpt", "550")
    with office.smtp() as client:
        refused = client.send_message(answer("Hello.", to="gone@town.example, here@town.example"))
    assert {address: code for address, (code, _) in refused.items()} == {"gone@town.example": 550}
    assert len(inbox(office, "here@town.example")) == 1


@pytest.mark.parametrize("code", [421, 450, 451, 452, 550, 552, 554])
def test_a_refusal_after_the_text_delivers_nothing(office: Office, code: int) -> None:
    office.fault("smtp.data", str(code))
    client = office.smtp()
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        client.send_message(answer("Hello."))
    client.close()
    assert refused.value.smtp_code == code
    assert office.journal("accepted") == []
    assert len(office.journal("refused")) == 1


def test_a_status_ordered_by_number_is_given(office: Office) -> None:
    office.fault("smtp.auth", "status", status=535, times=0)
    client = office.smtp(sign_in=False)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(DESK, "sandbox-mail")
    client.close()


def test_a_mail_accepted_before_the_line_broke_was_delivered_once(office: Office) -> None:
    office.fault("smtp.data", "accept_then_cut")
    client = office.smtp()
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.send_message(answer("Hello."))
    client.close()
    assert len(inbox(office, "jo.m@town.example")) == 1
    assert len(office.journal("accepted")) == 1


def test_a_mail_accepted_before_the_server_hung_was_delivered_once(office: Office) -> None:
    office.fault("smtp.data", "accept_then_hang")
    client = office.smtp(timeout=0.5)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        client.send_message(answer("Hello."))
    client.close()
    assert len(inbox(office, "jo.m@town.example")) == 1


def test_a_line_cut_before_acceptance_delivers_nothing(office: Office) -> None:
    office.fault("smtp.data", "cut")
    client = office.smtp()
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.send_message(answer("Hello."))
    client.close()
    assert office.journal("accepted") == []


def test_a_mail_that_bounces_comes_back_as_a_report_about_it(office: Office) -> None:
    office.fault("smtp.data", "bounce")
    with office.smtp() as client:
        client.send_message(answer("Hello.", to="gone@town.example"))
    (report,) = inbox(office, DESK)
    assert report.get_content_type() == "multipart/report"
    text, status, headers = report.iter_parts()
    assert status.get_content_type() == "message/delivery-status"
    said = status.as_string()
    for field in ("Action: failed", "Status: 5.1.1", "Final-Recipient: rfc822; gone@town.example"):
        assert field in said
    assert "gone@town.example" in text.get_content()
    assert "<a1@northshire.example>" in headers.as_string()


def test_an_absent_person_answers_by_machine_and_says_so(office: Office) -> None:
    office.fault("smtp.data", "away")
    with office.smtp() as client:
        client.send_message(answer("Hello."))
    (reply,) = inbox(office, DESK)
    assert reply["Auto-Submitted"] == "auto-replied"
    assert reply["In-Reply-To"] == "<a1@northshire.example>"


def test_a_revoked_password_opens_neither_door(office: Office) -> None:
    account = office.call(lambda: office.world.accounts.pick("mail", DESK))
    office.call(lambda: office.world.accounts.break_token(account, "revoked"))
    client = office.smtp(sign_in=False)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(DESK, "sandbox-mail")
    client.close()
    with pytest.raises(Exception, match="AUTHENTICATIONFAILED"):
        office.imap()


def test_a_fault_that_mail_does_not_know_is_refused_by_name(town: Sandbox) -> None:
    order = {"channel": "mail", "operation": "smtp.data", "fault": "accept-then-hang"}
    refused = requests.post(f"{town.url}/town/faults", json=order, timeout=5)
    assert refused.status_code == 400
    assert "accept_then_hang" in refused.json()["error"]
    town.fault("mail", "smtp.data", "452")
