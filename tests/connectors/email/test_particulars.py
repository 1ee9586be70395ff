"""Mail that is more than text says what it is."""

import pytest

from tests.connectors.email.letters import read
from tests.connectors.email.test_reading import MIXED, part

INVITATION = (
    ""
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
    "SUMMARY:Meeting\\, about\r\n  "
    "noise\r\nDTSTART;TZID=Europe/London:20261122T100000\r\nLOCATION:Town Hall\r\n"
    "ORGANIZER;CN=Jo:mailto:jo@town.example\r\nEND:VEVENT\r\nEND:VCALENDAR"
)


def test_an_invitation_is_a_sentence_and_a_file():
    body = part("Content-Type: text/plain", body="Come") + part(
        "Content-Type: text/calendar", body=INVITATION
    )
    letter = read(MIXED, body=body + "--b--")
    assert letter.notes == (
        "A calendar invitation: Meeting, about noise, 10:00 on 22 November 2026 (Europe/London), "
        "at Town Hall, "
        "from jo@town.example.",
    )
    assert [one.kind for one in letter.enclosures] == ["text/calendar"]
    cancelled = INVITATION.replace("REQUEST", "CANCEL").replace("T100000", "")
    letter = read("Content-Type: text/calendar", body=cancelled)
    assert letter.notes[0].startswith("A cancelled calendar entry: Meeting, about noise, 22 November 2026")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ["Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"],
            "encrypted with S/MIME",
        ),
        (["Content-Type: application/x-pkcs7-mime; name=smime.p7m"], "encrypted with S/MIME"),
        (["Content-Type: application/pkcs7-mime; smime-type=signed-data"], "packed with S/MIME"),
        (["Content-Type: application/pgp-encrypted"], "encrypted with PGP"),
        (["Content-Type: application/ms-tnef; name=winmail.dat"], "winmail.dat"),
    ],
)
def test_what_cannot_be_opened_is_said(lines, said):
    letter = read(MIXED, body=part(*lines, body="x") + "--b--")
    assert any(said in problem for problem in letter.problems)
    assert letter.enclosures


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (part("Content-Type: application/pkcs7-signature; name=smime.p7s", body="x"), "signed with S/MIME"),
        (part("Content-Type: application/pgp-signature; name=s.asc", body="x"), "signed with PGP"),
        (
            part("Content-Type: text/plain", body="-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nHi"),
            "signed with PGP",
        ),
    ],
)
def test_a_signature_is_named_and_not_believed(body, said):
    letter = read(MIXED, body=body + "--b--")
    assert any(said in note and "does not check" in note for note in letter.notes)


def test_text_in_pgp_is_said():
    letter = read(body="-----BEGIN PGP MESSAGE-----\r\n\r\nabc")
    assert any("encrypted with PGP" in problem for problem in letter.problems)


@pytest.mark.parametrize(
    "text", ["", "BEGIN:VEVENT", "BEGIN:VEVENT\r\nDTSTART:99999999\r\nSUMMARY", "\x00" * 100]
)
def test_a_broken_invitation_is_still_one(text):
    assert read("Content-Type: text/calendar", body=text).notes[0].startswith("A calendar entry")
