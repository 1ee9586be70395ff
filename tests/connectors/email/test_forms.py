"""What somebody filled in on a web page arrives as fields, and answers go to them, not to the page."""

from datetime import UTC, datetime

import pytest

from connectors.email.parse import Fetched, make_incoming
from connectors.email.reading import read_letter
from tests.connectors.email.letters import read, write_mail
from tests.connectors.email.test_limited import MAILBOX

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LINES = (
    "A report was made on the web site.\r\n\r\nName: Jo M.\r\nE-mail: jo@town.example\r\nPhone:\r\n"
    "What happened?: A man followed me.\r\nHe had a knife.\r\n\r\nWhere: High Street\r\n\r\n-- "
    "\r\nThe web site"
)
TABLE = (
    "<p>A report was made.</p><table><tr><th>Name</th><td>Jo M.</td></tr><tr><td><b>E-mail</b></td><td>"
    "<a href='mailto:jo@town.example'>jo@town.example</a></td></tr><tr><td>What happened?</td>"
    "<td>A man followed me."
    "<br>He had a knife.</td></tr><tr><td>Where</td><td></td></tr></table>"
)
STACKED = (
    "<table><tr><td><table><tr bgcolor='#EAF2FA'><td colspan='2'><strong>Name</strong></td>"
    "</tr><tr><td>&nbsp;</td>"
    "<td>Jo M.</td></tr><tr><td colspan='2'><strong>E-mail</strong></td></tr><tr><td>&nbsp;"
    "</td><td>jo@town.example</td>"
    "</tr><tr><td colspan='2'><strong>Message</strong></td></tr><tr><td>&nbsp;</td><td>He had "
    "a knife.</td></tr></table>"
    "</td></tr></table>"
)
HTML = "Content-Type: text/html; charset=utf-8"


def arrive(*lines, body):
    raw = write_mail(*lines, body=body)
    return make_incoming(read_letter(raw), Fetched(raw, NOW, len(raw)), MAILBOX, "sha256:1")


def test_lines_of_a_form_are_read_into_fields_and_stay_in_the_text():
    letter = read(body=LINES)
    assert letter.form == (
        ("Name", "Jo M."),
        ("E-mail", "jo@town.example"),
        ("Phone", ""),
        ("What happened?", "A man followed me.\nHe had a knife."),
        ("Where", "High Street"),
    )
    assert "He had a knife." in letter.text and "He had a knife." in letter.reply_text


def test_a_table_of_a_form_is_read_into_fields():
    assert read(HTML, body=TABLE).form == (
        ("Name", "Jo M."),
        ("E-mail", "jo@town.example"),
        ("What happened?", "A man followed me.\nHe had a knife."),
        ("Where", ""),
    )


def test_a_table_with_each_value_below_its_bold_label_is_read_too():
    assert read(HTML, body=STACKED).form == (
        ("Name", "Jo M."),
        ("E-mail", "jo@town.example"),
        ("Message", "He had a knife."),
    )


@pytest.mark.parametrize(
    "body",
    [
        "*Name:* Jo M.\r\n*E-mail:* jo@town.example\r\n*Message:* Help",
        "Name = Jo M.\r\nE-mail = jo@town.example\r\nMessage = Help",
        "Name\tJo M.\r\nE-mail\tjo@town.example\r\nMessage\tHelp",
        "- Name : Jo M.\r\n- E-mail : jo@town.example\r\n- Message : Help",
        "Name:\r\nJo M.\r\n\r\nE-mail:\r\njo@town.example\r\n\r\nMessage:\r\nHelp",
        "Name:\r\n\r\nJo M.\r\n\r\nE-mail:\r\n\r\njo@town.example\r\n\r\nMessage:\r\n\r\nHelp",
        "-----\r\nName: Jo M.\r\n-----\r\nE-mail: jo@town.example "
        "<mailto:jo@town.example>\r\n-----\r\nMessage: Help",
        "From: x\r\nName: Jo M.\r\nE-mail: jo@town.example\r\nMessage: Help",
    ],
)
def test_forms_are_written_in_many_ways(body):
    form = dict(read(body=body).form)
    assert (form["Name"], form["E-mail"], form["Message"]) == ("Jo M.", "jo@town.example", "Help")


@pytest.mark.parametrize(
    "body",
    [
        "Hello\r\n\r\nHe said: give me your purse. I ran.\r\n\r\nJo",
        "Me: hi\r\nHim: I will find you\r\nMe: stop\r\nHim: no\r\nMe: please",
        "Times:\r\n10:00 he came\r\n10:30 he left\r\n11:00 he was back",
        "From: Bob <b@t.example>\r\nSent: today\r\nTo: Jo\r\nSubject: you\r\n\r\nI will find you.",
        "I need help.\r\nMy name is Jo.",
        "I got this:\r\nReceived: by mx\r\nMessage-ID: <1@x.example>\r\nE-mail: <x@y.example>\r\nName: x",
        "See https://x.example/a\r\nand https://x.example/b\r\nand https://x.example/c",
    ],
)
def test_what_people_write_is_no_form(body):
    assert read(body=body).form == ()


def test_the_fields_that_an_answer_quotes_are_not_its_own():
    quoted = LINES.replace("\r\n", "\r\n> ")
    assert (
        read("Subject: Re: x", body=f"Thanks\r\n\r\nOn 22/11/2026 10:00, Police wrote:\r\n> {quoted}").form
        == ()
    )
    below = f"<p>Thanks</p><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>From: x</div>{TABLE}"
    assert read(HTML, "Subject: Re: x", body=below).form == ()
    word = f"<p>Thanks</p><p>From: P &lt;d@n.example&gt;<br>Sent: Sunday<br>To: Jo<br>Subject: x</p>{TABLE}"
    assert read(HTML, "Subject: Re: x", body=word).form == ()


@pytest.mark.parametrize("sender", ["no-reply@web.example", "desk@northshire.example"])
def test_a_form_from_a_page_that_takes_no_answers_is_its_writers_and_answered_to_them(sender):
    item = arrive(f"From: Web <{sender}>", body=LINES)
    assert (item.author.key, item.author.name) == ("jo@town.example", "Jo M.")
    assert item.terms.recipients == ("jo@town.example",)
    assert not item.automatic
    assert any("jo@town.example" in remark for remark in item.remarks)


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (("From: Web <web@site.example>",), LINES),
        (("From: Web <no-reply@web.example>", "Reply-To: office@site.example"), LINES),
        (("From: Web <no-reply@web.example>",), LINES.replace("jo@town.example", "none")),
        (("From: Web <no-reply@web.example>",), LINES + "\r\nTheir e-mail: other@town.example\r\n"),
        (("From: Web <no-reply@web.example>",), LINES.replace("jo@town.example", "desk@northshire.example")),
        (("From: News <no-reply@web.example>", "List-Id: <news.example>"), LINES),
    ],
)
def test_a_form_that_says_less_or_comes_otherwise_keeps_its_sender(lines, body):
    item = arrive(*lines, body=body.replace("-- \r\nThe web site\r\n", ""))
    assert item.author.key in {"web@site.example", "no-reply@web.example"}
    assert "jo@town.example" not in item.terms.recipients


def test_what_stands_unmarked_below_a_telephones_line_is_shown_and_judged():
    body = "Thanks\r\n\r\nSent from my iPhone\r\n\r\nHe is back, he has a knife"
    item = arrive("Subject: Re: x", "In-Reply-To: <0@n.example>", body=body)
    assert item.text.endswith("He is back, he has a knife") and item.quoted == ""
    item = arrive("Subject: Re: x", body="Thanks\r\n\r\nSent from my iPhone\r\n\r\n> Who was it?")
    assert item.text == "Thanks"


def test_a_huge_table_is_read_in_time_and_cut():
    rows = "".join(f"<tr><td>Field {number}</td><td>value</td></tr>" for number in range(5000))
    assert len(read(HTML, body=f"<table>{rows}</table>").form) <= 100


def test_a_form_whose_plain_version_says_nothing_is_read_and_judged_from_its_table():
    body = (
        f"--b\r\nContent-Type: text/plain\r\n\r\nPlease view as HTML\r\n--b\r\n{HTML}\r\n\r\n{TABLE}\r\n--b--"
    )
    letter = read("Content-Type: multipart/alternative; boundary=b", body=body)
    assert letter.form[0] == ("Name", "Jo M.")
    assert "He had a knife." in letter.text and letter.text.startswith("Please view as HTML")
