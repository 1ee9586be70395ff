"""What the desk reads in a mail, however it was written."""

import json
import time

import pytest

from connectors.email.reading import read_letter
from tests.connectors.email.letters import read, write_mail

MIXED = "Content-Type: multipart/mixed; boundary=b"
ALTERNATIVE = "Content-Type: multipart/alternative; boundary=b"


def part(*lines, body=""):
    return "\r\n".join(["--b", *lines, "", body, ""])


def test_a_plain_mail_is_read_whole():
    letter = read()
    assert (letter.sender.name, letter.sender.address) == ("Jo M.", "jo@town.example")
    assert (letter.subject, letter.text, letter.message_id) == ("A question", "Hello", "<1@town.example>")
    assert letter.date == "2026-11-22T10:00:00+00:00"
    assert letter.problems == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("=?utf-8?Q?Caf=C3=A9_vol=C3=A9?=", "Café volé"),
        ("=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=", "éé"),
        ("=?utf-8?B?4p+=?= =?utf-8?B?gg==?=", "⟂"),
        ("=?iso-8859-1?Q?Stra=DFe?= 5", "Straße 5"),
        ("=?x-nobody-knows?Q?hello?=", "hello"),
        ("=?utf-8?B?not base64 at all?=", None),
        ("plain", "plain"),
    ],
)
def test_subjects_are_decoded_also_where_a_letter_is_split(written, meant):
    subject = read(f"Subject: {written}").subject
    assert subject == meant if meant is not None else isinstance(subject, str)


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ('"Möller, Jo" <jo@town.example>', "Möller, Jo", "jo@town.example"),
        ("=?utf-8?Q?M=C3=B6ller=2C_Jo?= <jo@town.example>", "Möller, Jo", "jo@town.example"),
        ("jo@town.example (Jo M.)", "Jo M.", "jo@town.example"),
        ("Jo <jo@town.example", "Jo", "jo@town.example"),
        ("<@relay.example:jo@town.example>", "", "jo@town.example"),
        ('"police@northshire.example" <x@evil.example>', "police@northshire.example", "x@evil.example"),
        ("Jo M.", "Jo M.", ""),
        ("", "", ""),
    ],
)
def test_senders_are_read_as_people_write_them(written, name, address):
    letter = read(f"From: {written}")
    assert (letter.sender.name, letter.sender.address) == (name, address)


def test_groups_and_several_recipients_are_opened():
    letter = read(
        'To: Friends: a@x.example, "B, C" <b@x.example>;, undisclosed-recipients:;', "Cc: d@x.example"
    )
    assert [one.address for one in letter.to] == ["a@x.example", "b@x.example"]
    assert [one.address for one in letter.cc] == ["d@x.example"]


def test_a_mail_without_any_header_is_still_read():
    letter = read_letter(b"help me please\r\nhe is at the door")
    assert letter.text == "help me please\nhe is at the door"
    assert "The mail gives no address of its sender." in letter.problems


def test_html_alone_becomes_text_with_its_links_and_breaks():
    html = (
        "<p>He is <b>here</b></p><p>See <a href='https://x.example/a'>this</a><br>now</p><script>x()</script>"
    )
    letter = read("Content-Type: text/html; charset=utf-8", body=html)
    assert letter.text == "He is here\n\nSee this <https://x.example/a>\nnow"
    assert "script" not in letter.html and "x()" not in letter.html


def test_an_empty_plain_version_yields_to_the_html_one():
    body = part("Content-Type: text/plain", body=" ") + part(
        "Content-Type: text/html", body="<p>He is here</p>"
    )
    assert read(ALTERNATIVE, body=body + "--b--").text == "He is here"


def test_files_keep_their_names_but_never_a_path():
    disposition = (
        "Content-Disposition: attachment; filename*0*=utf-8''..%2F..%2Fetc%2F; filename*1*=photo%20%C3%A9.jpg"
    )
    body = part("Content-Type: text/plain", body="See file") + part(
        "Content-Type: image/jpeg", disposition, "Content-Transfer-Encoding: base64", body="/9j/4A=="
    )
    (file,) = read(MIXED, body=body + "--b--").enclosures
    assert (file.name, file.kind, file.content) == ("photo é.jpg", "image/jpeg", b"\xff\xd8\xff\xe0")


def test_a_mail_attached_to_a_mail_is_a_file_and_its_text_is_read_when_there_is_no_other():
    inner = "Subject: Inner\r\nContent-Type: text/plain\r\n\r\nI was followed home."
    letter = read(MIXED, body=part("Content-Type: message/rfc822", body=inner) + "--b--")
    assert letter.text == "I was followed home."
    assert [(file.name, file.kind) for file in letter.enclosures] == [("Inner.eml", "message/rfc822")]


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("gb2312", "你好".encode("gb18030"), "你好"),
        ("iso-8859-1", b"\x93quoted\x94", "“quoted”"),
        ("us-ascii", "café".encode(), "café"),
        ("x-unknown", b"caf\xe9", "café"),
        ("utf-8\r\n Content-x", "café".encode(), "café"),
        ("unicode_escape", b"\\u0041", "\\u0041"),
        ("utf-7", b"+AOk-", "é"),
        ("'", "café".encode(), "café"),
        ('" "', "café".encode(), "café"),
    ],
)
def test_texts_in_the_wrong_or_an_unknown_character_set_are_read(charset, content, text):
    raw = write_mail(f"Content-Type: text/plain; charset={charset}", body="") + content
    assert read_letter(raw).text == text


def test_damaged_base64_gives_what_can_be_read_and_says_so():
    body = (
        part("Content-Type: image/png", "Content-Transfer-Encoding: base64", body="aGVsbG8gd29ybGQ!!!ab")
        + "--b--"
    )
    letter = read(MIXED, body=body)
    assert letter.enclosures[0].content.startswith(b"hello world")
    assert any("damaged" in problem for problem in letter.problems)


def test_a_part_without_its_boundary_is_read_as_text():
    letter = read("Content-Type: multipart/mixed", body="He has a knife")
    assert letter.text == "He has a knife"
    assert any("cannot be told apart" in problem for problem in letter.problems)


def nest(depth):
    lines = ["Content-Type: multipart/mixed; boundary=b0", ""]
    for number in range(depth):
        inner = f"Content-Type: multipart/mixed; boundary=b{number + 1}"
        lines += [f"--b{number}", inner if number + 1 < depth else "Content-Type: text/plain", ""]
    return "\r\n".join([*lines, "at the bottom"]).encode()


@pytest.mark.parametrize(
    ("name", "raw", "problem"),
    [
        ("nested 1,000 deep", nest(1000), "nested"),
        ("100,000 parts", write_mail(MIXED, body="--b\r\n\r\n\r\n" * 100_000), "parts"),
        ("a field of 1 MB", write_mail("To: " + "a@x.example, " * 80_000), "headers"),
        ("a field of 60 KB without an address", write_mail("From: " + "a" * 60_000), "sender"),
        ("5,000 brackets", write_mail("From: " + "(<" * 5_000), "sender"),
        ("half a million line breaks", write_mail(body="\r\n" * 500_000), None),
        (
            "200,000 open tags",
            write_mail("Content-Type: text/html", body="<div>" * 200_000 + "help"),
            "deeply",
        ),
        ("300,000 files begun", write_mail(body="begin 644 a\r\n" * 300_000 + "\r\nend"), None),
        ("a parameter of 60 KB", write_mail("Content-Type: text/plain; x=" + '"\\' * 30_000), None),
    ],
)
def test_mails_made_to_stop_a_reader_are_read_in_time(name, raw, problem):
    started = time.process_time()
    letter = read_letter(raw)
    assert time.process_time() - started < 2.0
    assert problem is None or any(problem in one for one in letter.problems), letter.problems


def test_html_nested_deeply_and_broken_is_read_in_time():
    started = time.process_time()
    letter = read("Content-Type: text/html", body="<div><b>" * 300 + "He is here" + "<a href=" * 2_000)
    assert "He is here" in letter.text
    assert time.process_time() - started < 2.0


def test_a_file_that_was_written_into_the_text_is_taken_out():
    letter = read(body="See this\r\n\r\nbegin 644 note.txt\r\n%:&5L;&\\\r\n`\r\nend\r\nBye")
    assert [(file.name, file.content) for file in letter.enclosures] == [("note.txt", b"hello")]
    assert letter.text == "See this\n\n[note.txt]\nBye"


@pytest.mark.parametrize(
    ("header", "is_automatic"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: no", False),
        ("Precedence: bulk", True),
        ("List-Id: <news.example>", True),
        ("Return-Path: <>", True),
        ("X-Auto-Response-Suppress: OOF, AutoReply", True),
        ("Subject: Automatic reply: I am away", True),
        ("Subject: Re: Automatic number plates", False),
        ("From: no-reply@shop.example", True),
        ("From: jo@town.example", False),
    ],
)
def test_mail_of_machines_is_told_from_mail_of_people(header, is_automatic):
    assert bool(read(header).automatic) is is_automatic


def test_a_report_names_the_mail_the_address_and_the_code():
    report = part(
        "Content-Type: message/delivery-status",
        body="Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; Jo@town.example"
        "\r\nAction: failed"
        "\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown",
    )
    returned = part(
        "Content-Type: text/rfc822-headers", body="Message-ID: <dd.00@northshire.example>\r\nTo: x@y.z"
    )
    kind = "Content-Type: multipart/report; report-type=delivery-status; boundary=b"
    letter = read(kind, "From: MAILER-DAEMON@mx.example", body=report + returned + "--b--")
    assert letter.bounce is not None and letter.bounce.permanent
    assert letter.bounce.message_id == "<dd.00@northshire.example>"
    assert [(one.recipient, one.status) for one in letter.bounce.recipients] == [("Jo@town.example", "5.1.1")]


def test_a_report_in_a_servers_own_words_is_recognised():
    letter = read(
        "From: Mail Delivery System <mailer-daemon@mx.example>",
        "Subject: Undelivered mail",
        body="Your message could not be delivered.\r\n\r\n<jo@town.example>: mailbox is full",
    )
    assert letter.bounce is not None
    assert [(one.recipient, one.status) for one in letter.bounce.recipients] == [("jo@town.example", "5.2.2")]


def test_a_person_who_writes_of_a_failed_delivery_is_no_report():
    letter = read("Subject: Delivery failed", body="The parcel for jo@town.example was not delivered.")
    assert letter.bounce is None


def test_what_amazon_tells_of_a_bounce_is_one_and_of_a_delivery_none():
    told = (
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":'
        '"jo@town.example","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 unknown"}]},'
        '"mail":{"headers":[{"name":"Message-ID","value":"<dd.00@northshire.example>"}]}}\r\n\r\n-- \r\nLeave'
    )
    bounce = read("From: no-reply@sns.example", body=told).bounce
    assert bounce is not None and bounce.message_id == "<dd.00@northshire.example>"
    assert [(one.recipient, one.status) for one in bounce.recipients] == [("jo@town.example", "5.1.1")]
    wrapped = json.dumps({"Type": "Notification", "Message": told.partition("\r\n")[0]})
    assert read("From: no-reply@sns.example", body=wrapped).bounce == bounce
    for other in (
        '{"notificationType":"Delivery"}',
        '{"notificationType":"Bounce"',
        '{"notificationType":"Bounce"}',
        '{"Type":"Notification"',
    ):
        assert read("From: no-reply@sns.example", body=other).bounce is None


def test_a_warning_that_a_server_goes_on_trying_is_no_end():
    letter = read(
        "From: Mail Delivery System <mailer-daemon@mx.example>",
        "Subject: Delivery Status Notification (Delay)",
        body="Delivery to the following recipient has been delayed:\r\n\r\n     jo@town.example\r\n\r\n"
        "Message will be retried for 2 more day(s)",
    )
    assert letter.bounce is not None and not letter.bounce.permanent


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (("Subject: Parcel not delivered", MIXED), "It could not be delivered to jo@town.example"),
        (
            ("Subject: Fwd: Undelivered mail returned to sender",),
            "Look, 550 5.1.1 <jo@town.example> user unknown\r\n\r\n"
            "Message-ID: <o@shop.example>\r\nTo: x@y.example",
        ),
        (("Subject: Re: delivery failed",), "My mailbox is full, write to jo@town.example"),
        (("Subject: Help",), "He was rejected and the address does not exist"),
    ],
)
def test_people_who_write_of_failures_send_no_reports(lines, body):
    if MIXED in lines:
        body = part("Content-Type: text/plain", body=body) + part(
            "Content-Type: message/rfc822",
            body="Subject: Order\r\nMessage-ID: <o@shop.example>\r\n\r\nThanks",
        )
    assert read(*lines, body=body).bounce is None


def test_lines_that_end_the_old_way_are_read_to_the_end():
    raw = write_mail("Content-Transfer-Encoding: quoted-printable", body="He has a=\r knife=2C\rhelp")
    assert read_letter(raw).text == "He has a knife,\nhelp"
