"""What was written now, and what a mail carries along."""

import pytest

from connectors.email.quotes import split_reply

OWN = "It was my neighbour."


@pytest.mark.parametrize(
    "carried",
    [
        "On Sun, 22 Nov 2026 at 10:00, Northshire Police <desk@northshire.example> wrote:\n> Who was it?",
        "On Sun, 22 Nov 2026 at 10:00, Northshire Police\n<desk@northshire.example> wrote:\n\n> Who was it?",
        "> On 22 Nov 2026, at 10:00, Police <desk@northshire.example> wrote:\n>\n> Who was it?",
        "-----Original Message-----\nFrom: Police\nWho was it?",
        "________________________________\nFrom: Police <d@n.example>\nSent: Sunday\nTo: Jo\n\nWho?",
        "From: Police <d@n.example>\nSent: Sunday\nTo: Jo\nSubject: x\n\nWho was it?",
        "Am 22.11.2026 um 10:00 schrieb Police <d@n.example>:\n> Wer?",
        "Le dim. 22 nov. 2026 à 10:00, Police <d@n.example> a écrit :\n> Qui ?",
        "Ar Sul, 22 Tach 2026 am 10:00, ysgrifennodd Police <d@n.example>:\n> Pwy?",
        "> Who was it?\n> Please say.",
        "-- \nJo M.\n07700 900123",
        "Sent from my iPhone",
        "Sent from my iPhone\n\n> On 22 Nov 2026, at 10:00, Police <d@n.example> wrote:\n> Who?",
    ],
)
def test_what_a_mail_program_carries_along_is_folded_and_kept(carried):
    split = split_reply(f"{OWN}\n\n{carried}")
    assert split.reply == OWN
    assert split.quoted == carried


@pytest.mark.parametrize(
    "text",
    [
        "On Tuesday he wrote that he would come: I am afraid.",
        "I was sent from my house by my father.",
        "Sent from my desk, which is easier than my phone.",
        "He said:\n> you will be sorry\nand then he left.",
        "On 22 Nov 2026, Police <d@n.example> wrote:\n> Who?\nMy neighbour.\n> When?\nYesterday.",
        "Hi,\nOn 22 Nov 2026, Police <d@n.example> wrote:\n> Who?\nMy neighbour.\n> When?\nYesterday.",
        "---------- Forwarded message ---------\nFrom: Bob\nI will kill you.",
        "Look at this.\n\nBegin forwarded message:\n\n> I know where you live.",
        "> only quoted",
        "From the window I saw him.\nTo be honest I am afraid.\nSubject to your advice I stay in.",
        "",
    ],
)
def test_nothing_is_folded_that_somebody_said_now(text):
    assert split_reply(text).reply == text


def test_an_answer_below_the_quoted_mail_is_the_answer():
    quoted = "On 22 Nov 2026, Police <d@n.example> wrote:\n> Who was it?\n> Please say."
    split = split_reply(f"{quoted}\n\n{OWN}")
    assert (split.reply, split.quoted) == (OWN, quoted)


def test_a_signature_below_the_quoted_mail_is_no_answer():
    split = split_reply(f"{OWN}\n\nOn 22 Nov 2026, Police <d@n.example> wrote:\n> Who?\n\n-- \nJo M.")
    assert split.reply == OWN
