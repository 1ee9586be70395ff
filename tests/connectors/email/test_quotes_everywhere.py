"""Answers as the mail programs of the world write them: what is new stays, the rest is folded."""

import time

import pytest

from connectors.email.html_text import read_html
from connectors.email.quotes import is_passed_on, split_reply
from tests.connectors.email.quote_samples import DEVICES, HEADS, LEADS, RULES

OWN = "It was my neighbour.\nHe shouted at ten."


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize(
    "body", ["> Who was it?\n> When?", "\n> Who was it?", "\nWho was it?\n\nNorthshire Police"]
)
def test_a_lead_in_any_language_begins_what_is_folded(lead, body):
    split = split_reply(f"{OWN}\n\n{lead}\n{body}")
    assert split.reply == OWN
    assert split.quoted == f"{lead}\n{body}"


@pytest.mark.parametrize("lead", [lead for lead in LEADS if "<" in lead])
def test_a_lead_that_is_wrapped_before_or_inside_its_address_is_one(lead):
    for wrapped in (lead.replace(" <", "\n<", 1), lead.replace("<", "<\n", 1)):
        assert split_reply(f"{OWN}\n\n{wrapped}\n\n> Who was it?").reply == OWN


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("rule", ["", "________________________________\n", *(f"{rule}\n" for rule in RULES)])
def test_the_fields_of_the_answered_mail_begin_what_is_folded(head, rule):
    for joint in ("\n", "\n\n"):
        block = head.replace("|", joint)
        assert split_reply(f"{OWN}\n\n{rule}{block}\n\nWho was it?\n\nRegards").reply == OWN


@pytest.mark.parametrize("line", DEVICES)
def test_what_a_telephone_adds_is_folded(line):
    assert split_reply(f"{OWN}\n\n{line}").reply == OWN
    assert split_reply(f"{OWN}\n\n{line}\n\nOn 22/11/2026 10:00, Police wrote:\n> Who?").reply == OWN
    assert split_reply(line).reply == line


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nJo M.\nHigh Street 4\n07700 900123",
        "--\nJo M.",
        "—\nJo M.\nShop owner",
        "_____________\nJo M.\njo@t.example",
        "-- \n" + "\n".join(f"Line {number} of a long notice" for number in range(30)),
        "This email and any attachments are confidential and intended solely for the addressee.\n"
        "If you are not the intended recipient, please delete it.",
        "CONFIDENTIALITY NOTICE: The contents of this email are privileged.",
        "Virus-free. www.avast.com",
        "Please consider the environment before printing this email.",
    ],
)
def test_a_signature_is_folded_and_kept(signature):
    split = split_reply(f"{OWN}\n\n{signature}")
    assert (split.reply, split.quoted) == (OWN, signature)


@pytest.mark.parametrize(
    "text",
    [
        "I am scared.\nOn Tuesday he wrote:\nI will kill you.",
        "I am scared.\nOn 3 March 2026 he wrote to me:\nI will kill you.",
        "I am scared.\nOn 3 March 2026 my ex wrote:\nI will kill you.",
        "I am scared.\n\nAm 3.3.2026 um 10:00 schrieb er mir:\nIch bringe dich um.",
        "I saw this at 10:00:\na red van, number AB12 CDE",
        "Two things:\n\n1. the door\n2. the dog",
        "Times:\n10:00 he came\n10:30 he left",
        "My details\nName: Jo M.\nPhone: 07700 900123\nAddress: High Street 4\nDate: 22 November 2026",
        "A new enquiry:\n\nFrom: Jo M. <jo@t.example>\nSubject: Noise\nDate: 22/11/2026\nMessage: He shouts",
        "A new enquiry was sent:\n\nFrom: Jo M. <jo@t.example>\nDate: 22/11/2026 10:00\nMessage:\nHe shouts",
        "Get my phone back please",
        "He took my phone.\nSent my brother to him, he has my iPhone.",
        "Sent from the window by him: a brick.",
        "He was seen by my mobile camera",
        "Help.\nSent from my car with the phone that he wants to smash",
        "Help.\n\nSent by the man next door, he has cameras",
        "First\n--\nI have a long story to tell you about what happened to me on that night, which begins "
        "long before it and goes on and on over a very long line\nand another",
        "-Yes\n-No",
        "Please look.\n\n---------- Weitergeleitete Nachricht ---------\nVon: Bob <b@t.example>\n"
        "Datum: heute\nAn: Jo\nBetreff: x\n\nIch finde dich.",
        "Please look.\n\n-------- Пересылаемое сообщение --------\nОт: Bob\nЯ тебя найду.",
        "Please look.\n\nDébut du message transféré :\n\nDe: Bob <b@t.example>\nObjet: x\nDate: 3/3\n"
        "À: Jo\n\nJe sais.",
        "Help.\n\nThis message is confidential, please do not tell my husband. He beats me.",
        "The man is back.\n\nThe message he left was intended to scare me.",
        "The contents of this box were stolen.\n\nThis is what I think happened.",
    ],
)
def test_what_somebody_says_is_never_folded(text):
    assert split_reply(text).reply == text


def test_answers_between_stay_with_what_they_answer_and_the_rest_is_folded():
    told = "On 22 Nov 2026, Police <d@n.example> wrote:\n> Who?\nMy neighbour.\n> When?\nYesterday."
    rest = "> Thank you\n> Northshire Police\n\n-- \nJo M."
    split = split_reply(f"{told}\n\n{rest}")
    assert (split.reply, split.quoted) == (told, rest)


def test_an_answer_below_with_a_signature_below_it_is_found():
    split = split_reply(f"Police <d@n.example> wrote:\n> Who?\n\n{OWN}\n\nSent from my iPhone")
    assert split.reply == OWN


def test_the_signs_that_order_letters_do_not_hide_a_lead():
    lead = (
        "\u202bבתאריך 22 בנוב׳ 2026 ב-10:00 מאת \u202aPolice\u202c <\u202adesk@n.example\u202c\u200f>:\u202c"
    )
    assert split_reply(f"{OWN}\n\n{lead}\n\nWho was it?").reply == OWN


def test_own_words_right_above_a_lead_are_kept():
    lead = "On Dec 8, 2026 2:10 PM, Police <d@n.example> wrote:"
    for above in ("He came at 10:00", "Call me on 07700 900123", "On Tuesday, 2 December, he came"):
        assert split_reply(f"{above}\n{lead}\n\n> Who?").reply == above


def test_a_mail_that_was_passed_on_is_all_news():
    text = "Look\n\nFrom: Bob <b@t.example>\nSent: today\nTo: Jo\nSubject: you\n\nI will find you."
    assert split_reply(text, passed_on=is_passed_on("FW: you")).reply == text
    assert split_reply(text, passed_on=is_passed_on("Re: FW: you")).reply == "Look"


def test_what_stands_below_a_telephones_line_without_a_sign_is_doubtful():
    assert split_reply(f"{OWN}\n\nSent from my iPhone\n\nHe is back").doubtful
    assert not split_reply(
        f"{OWN}\n\nSent from my iPhone\n\nOn 22/11/2026 10:00, Police wrote:\n> Who?"
    ).doubtful


@pytest.mark.parametrize(
    "piece",
    [
        "On 22 Nov 2026 10:00 Jo <jo@x.example> and so on\n",
        "on 1\n",
        "> a\nb\n",
        "--\na\n",
        "-",
        " ",
        "_" * 30 + "\n",
        "\nJo <\n@",
        "From: a\n",
        "\nthis message intended recipient\n",
        "<a@b ",
    ],
)
def test_half_a_megabyte_of_what_looks_like_a_marker_is_split_in_time(piece):
    started = time.process_time()
    split_reply(f"Help\n{piece * (500_000 // len(piece))}")
    assert time.process_time() - started < 4.0


@pytest.mark.parametrize(
    ("html", "reply"),
    [
        ("<div>Yes.</div><div class='gmail_signature'>Jo M.<br>Shop</div>", "Yes."),
        (
            "<div dir=ltr>Yes.<br></div><br><div class='gmail_quote'><div>On Sun, "
            "22 Nov 2026 at 10:00, Police &lt;<a href='mailto:d@n.example'>d@n.example</a>&gt; wrote:</div>"
            "<blockquote>Who?</blockquote></div>",
            "Yes.",
        ),
        (
            "<div>Yes.</div><div id='Signature'><p>Jo M.</p></div><div id='appendonsend'></div><hr>"
            "<div id='divRplyFwdMsg'><b>From:</b> Police<br><b>Sent:</b> Sunday</div><div>Who?</div>",
            "Yes.",
        ),
        (
            "<div>Yes.</div><div id='x_Signature'>Jo M.</div><div>He is back!</div>",
            "Yes.\n\nJo M.\nHe is back!",
        ),
        ("<div id='AppleMailSignature'>Yes.</div>", "Yes."),
        (
            "<html><body><div>Yes.</div><br><div>On 22 Nov 2026, at 10:00, Police wrote:<br></div>"
            "<blockquote type='cite'><div>Who?</div></blockquote></body></html>",
            "Yes.",
        ),
        (
            "<p>Yes.</p><div class='yahoo_quoted'><div>On Sunday, Police wrote:</div><div>Who?</div></div>",
            "Yes.",
        ),
        (
            "<p class=MsoNormal>Yes.</p><div style='border-top:solid'><p>"
            "<b>From:</b> Police &lt;d@n.example&gt;<br><b>Sent:</b> 22 November 2026 10:00<br>"
            "<b>To:</b> Jo<br><b>Subject:</b> RE: Noise</p></div><p>Who?</p>",
            "Yes.",
        ),
    ],
)
def test_answers_in_html_are_split_by_what_their_program_marks(html, reply):
    assert split_reply(read_html(html)).reply == reply
