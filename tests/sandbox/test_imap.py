"""The desk reads its mailbox: imaplib and imap-tools, unchanged, against the sandbox's IMAP server."""

import base64
import email
import email.policy
import imaplib
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from imap_tools import AND, MailBoxUnencrypted, MailMessageFlags

from sandbox.mail import Attachment
from tests.sandbox.post_office import DESK, PASSWORD, Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path).open() as office:
        yield office


def number_after(client: imaplib.IMAP4, name: str) -> int:
    return int(client.response(name)[1][0])


def uids(client: imaplib.IMAP4, *criteria: str) -> list[int]:
    return [int(uid) for uid in client.uid("SEARCH", *criteria)[1][0].split()]


def test_a_wrong_password_is_refused_with_the_code_that_says_so(office: Office) -> None:
    client = imaplib.IMAP4("127.0.0.1", office.imap_port, timeout=5)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        client.login(DESK, "wrong")
    client.shutdown()
    assert office.journal("refused")[0]["operation"] == "imap.login"


def test_a_token_signs_in_as_a_password_does(office: Office) -> None:
    client = imaplib.IMAP4("127.0.0.1", office.imap_port, timeout=5)
    client.authenticate(
        "XOAUTH2", lambda _: f"user={DESK}\x01auth=Bearer sandbox-mail-token\x01\x01".encode()
    )
    assert client.select()[0] == "OK"
    client.logout()


def test_a_dead_token_is_explained_before_it_is_refused(office: Office) -> None:
    client = imaplib.IMAP4("127.0.0.1", office.imap_port, timeout=5)
    challenges: list[bytes] = []

    def respond(challenge: bytes) -> bytes:
        challenges.append(challenge)
        return b"" if len(challenges) > 1 else f"user={DESK}\x01auth=Bearer old\x01\x01".encode()

    with pytest.raises(imaplib.IMAP4.error):
        client.authenticate("XOAUTH2", respond)
    assert len(challenges) == 2
    assert b'"schemes"' in challenges[1]
    client.shutdown()


def test_a_letter_of_the_public_arrives_whole_with_its_number_size_and_moment(office: Office) -> None:
    message_id = office.write(
        "Jo M.", "Somebody has taken my bike — outside № 4", subject="Bike, 20 £ reward"
    )
    client = office.imap()
    client.select()
    status, data = client.uid("FETCH", "1", "(UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[])")
    assert status == "OK"
    head, raw = data[0]
    assert f"RFC822.SIZE {len(raw)}".encode() in head
    assert b"UID 1" in head and b"INTERNALDATE" in head and b"FLAGS ()" in head
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail["Message-ID"] == message_id
    assert mail["Subject"] == "Bike, 20 £ reward"
    assert mail["From"] == '"Jo M." <jo.m@town.example>'
    assert mail.get_content().split("\r\n") == ["Somebody has taken my bike — outside № 4", ""]
    client.logout()


@pytest.mark.parametrize(
    ("author", "subject", "text"),
    [
        ("Zoë Ó Dálaigh", "Café № 9, 20 £ — " * 12, "line\n" * 3),
        ("Jo “the cat” M., (LE3)", "plain words " * 20, "x" * 5000),
        ("Jo\0\ud800", "\0\udfff", "NUL \0 and half \ud83d"),
        ("Σίγμα", "\r\nBcc: somebody@far.example", "\r\n.\r\n"),
    ],
)
def test_odd_names_subjects_and_texts_arrive_as_one_readable_mail(
    office: Office, author: str, subject: str, text: str
) -> None:
    office.write(author, text, subject=subject)
    client = office.imap()
    client.select()
    raw = client.uid("FETCH", "1", "(BODY.PEEK[])")[1][0][1]
    client.logout()
    mail = email.message_from_bytes(raw, policy=email.policy.default)

    def clean(said: str) -> str:
        return " ".join(re.sub("[\0\ud800-\udfff]", "\ufffd", said).split())

    assert mail["From"].addresses[0].display_name == clean(author)
    assert mail["Subject"] == clean(subject)
    assert mail["Bcc"] is None
    assert clean(mail.get_content()) == clean(text)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_looking_without_peek_marks_the_mail_as_seen_and_peeking_does_not(office: Office) -> None:
    office.write()
    client = office.imap()
    client.select()
    client.uid("FETCH", "1", "(BODY.PEEK[])")
    assert uids(client, "UNSEEN") == [1]
    client.uid("FETCH", "1", "(BODY[])")
    assert uids(client, "UNSEEN") == []
    client.logout()


def test_a_folder_opened_read_only_cannot_be_changed(office: Office) -> None:
    office.write()
    client = office.imap()
    client.select(readonly=True)
    client.uid("FETCH", "1", "(BODY[])")
    assert uids(client, "UNSEEN") == [1]
    assert client.uid("STORE", "1", "+FLAGS", "(\\Seen)")[0] == "NO"
    client.logout()


def test_asking_for_what_comes_after_the_last_mail_gives_the_last_mail_again(office: Office) -> None:
    for _ in range(3):
        office.write()
    client = office.imap()
    client.select()
    assert number_after(client, "UIDNEXT") == 4
    assert uids(client, "UID", "2:*") == [2, 3]
    assert uids(client, "UID", "4:*") == [3]
    assert uids(client, "UID", "900:*") == [3]
    client.logout()


def test_numbers_are_not_used_again_after_mail_was_removed(office: Office) -> None:
    for _ in range(3):
        office.write()
    client = office.imap()
    client.select()
    client.uid("STORE", "2:3", "+FLAGS", "(\\Deleted)")
    assert client.expunge()[1] == [b"3", b"2"]
    office.write()
    client.noop()
    assert uids(client, "ALL") == [1, 4]
    client.logout()


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (("ALL",), [1, 2, 3]),
        (("SUBJECT", '"lost keys"'), [2]),
        (("FROM", "ruth"), [2]),
        (("BODY", "crowbar"), [1]),
        (("NOT", "BODY", "crowbar"), [2, 3]),
        (("OR", "FROM", "ruth", "BODY", "crowbar"), [1, 2]),
        (("(FROM ruth)", "SUBJECT", "keys"), [2]),
        (("SINCE", "01-Jan-2020"), [1, 2, 3]),
        (("BEFORE", "01-Jan-2020"), []),
        (("LARGER", "100000"), []),
        (("UID", "1,3"), [1, 3]),
        (("2:3",), [2, 3]),
        (("CHARSET", "UTF-8", "TEXT", "Wenlow"), [3]),
    ],
)
def test_mail_is_found_by(office: Office, criteria: tuple[str, ...], found: list[int]) -> None:
    office.write("Jo M.", "two lads with a crowbar", subject="next door")
    office.write("Ruth", "on a red ring", subject="Lost keys")
    office.write("Tess", "band practice in Wenlow", subject="Noise")
    client = office.imap()
    client.select()
    assert uids(client, *criteria) == found
    client.logout()


def test_a_mail_is_found_by_its_message_id_alone(office: Office) -> None:
    office.write()
    wanted = office.write("Ruth")
    client = office.imap()
    client.select()
    assert uids(client, "HEADER", "Message-ID", f'"{wanted}"') == [2]
    assert uids(client, "HEADER", "Message-ID", '"<nobody@nowhere.example>"') == []
    client.logout()


def test_a_wrong_question_is_told_apart_from_a_server_that_fails(office: Office) -> None:
    client = office.imap()
    client.select()
    with pytest.raises(imaplib.IMAP4.error, match="BAD"):
        client.uid("SEARCH", "WHATEVER")
    assert client.select("No such folder")[0] == "NO"
    client.logout()


def test_parts_and_structure_can_be_asked_for_before_a_large_attachment_is_read(office: Office) -> None:
    picture = Attachment(name="van.png", type="image/png", content=b"\x89PNG" + bytes(5000))
    office.write(text="the van", attachments=(picture,))
    client = office.imap()
    client.select()
    structure = client.uid("FETCH", "1", "(BODYSTRUCTURE)")[1][0]
    assert b'"MIXED"' in structure and b'"van.png"' in structure and b'"IMAGE" "PNG"' in structure
    text = client.uid("FETCH", "1", "(BODY.PEEK[1])")[1][0][1]
    assert text == b"the van\r\n"
    coded = client.uid("FETCH", "1", "(BODY.PEEK[2])")[1][0][1]
    assert base64.b64decode(coded) == picture.content
    start = client.uid("FETCH", "1", "(BODY.PEEK[]<0.11>)")[1][0][1]
    assert start == b"Message-ID:"
    headers = client.uid("FETCH", "1", "(BODY.PEEK[HEADER.FIELDS (SUBJECT TO)])")[1][0][1]
    assert headers == b"To: desk@northshire.example\r\nSubject: the van\r\n\r\n"
    client.logout()


def test_a_mail_can_be_filed_and_found_in_sent(office: Office) -> None:
    client = office.imap()
    raw = b"Message-ID: <s1@northshire.example>\r\nSubject: sent\r\n\r\nhello\r\n"
    status, said = client.append("Sent", "(\\Seen)", imaplib.Time2Internaldate(time.time()), raw)
    assert status == "OK" and b"APPENDUID" in said[0]
    client.select("Sent", readonly=True)
    assert uids(client, "HEADER", "Message-ID", '"<s1@northshire.example>"', "SEEN") == [1]
    assert client.uid("FETCH", "1", "(BODY.PEEK[])")[1][0][1] == raw
    client.logout()


def test_moving_a_mail_takes_it_out_of_one_folder_and_puts_it_into_the_other(office: Office) -> None:
    office.write()
    client = office.imap()
    client.select()
    assert client.uid("MOVE", "1", "Archive")[0] == "OK"
    assert uids(client, "ALL") == []
    client.select("Archive")
    assert uids(client, "ALL") == [1]
    client.logout()


def test_a_waiting_client_is_told_of_new_mail_within_a_second(office: Office) -> None:
    client = office.imap()
    client.select()
    client.send(b"A9 IDLE\r\n")
    assert client.readline().startswith(b"+")
    began = time.monotonic()
    office.write()
    assert client.readline() == b"* 1 EXISTS\r\n"
    assert time.monotonic() - began < 1
    client.send(b"DONE\r\n")
    assert client.readline().startswith(b"A9 OK")
    client.shutdown()


def test_imap_tools_reads_marks_moves_and_lists_without_change(office: Office) -> None:
    picture = Attachment(name="van.png", type="image/png", content=b"\x89PNG")
    message_id = office.write("Ruth", "blocking both lanes", subject="Crash", attachments=(picture,))
    with MailBoxUnencrypted("127.0.0.1", office.imap_port, timeout=5).login(DESK, PASSWORD) as box:
        assert {"INBOX", "Sent", "Archive"} <= {folder.name for folder in box.folder.list()}
        (mail,) = box.fetch(AND(uid="1:*"), mark_seen=False)
        assert (mail.from_, mail.subject, mail.uid) == ("ruth@town.example", "Crash", "1")
        assert mail.headers["message-id"] == (message_id,)
        assert mail.text.strip() == "blocking both lanes"
        assert mail.attachments[0].filename == "van.png"
        box.flag("1", MailMessageFlags.SEEN, True)
        assert [seen.uid for seen in box.fetch(AND(seen=True))] == ["1"]
        box.move("1", "Archive")
        assert box.folder.status("Archive")["MESSAGES"] == 1
        assert box.folder.status("INBOX")["MESSAGES"] == 0


def test_every_mailbox_keeps_its_mail_over_a_restart_under_the_same_numbers(tmp_path: Path) -> None:
    with Office(tmp_path).open() as office:
        office.write()
        client = office.imap()
        client.select()
        before = number_after(client, "UIDVALIDITY")
        client.logout()
    with Office(tmp_path).open() as office:
        client = office.imap()
        client.select()
        assert number_after(client, "UIDVALIDITY") == before
        assert uids(client, "ALL") == [1]
        client.logout()


def test_a_thirty_megabyte_mail_passes_whole_in_both_directions(office: Office) -> None:
    raw = b"Subject: big\r\n\r\n" + b"0123456789abcdef" * (30 * 1024 * 1024 // 16)
    client = office.imap()
    assert client.append("INBOX", "", imaplib.Time2Internaldate(time.time()), raw)[0] == "OK"
    client.select()
    assert client.uid("FETCH", "1", "(BODY.PEEK[])")[1][0][1] == raw
    client.logout()


def test_hostile_bytes_in_a_mail_come_out_as_they_went_in(office: Office) -> None:
    raw = b"Subject: \xff\xfe {12}\r\nFrom: \x00\r\n\r\n)\r\nA1 OK\r\n* BYE \x00\xff\r\n"
    client = office.imap()
    client.append("INBOX", "", imaplib.Time2Internaldate(time.time()), raw)
    client.select()
    assert client.uid("FETCH", "1", "(ENVELOPE BODYSTRUCTURE BODY.PEEK[])")[0] == "OK"
    assert client.uid("FETCH", "1", "(BODY.PEEK[])")[1][0][1] == raw
    client.logout()


def test_a_changed_uidvalidity_comes_with_new_numbers_for_the_same_mail(office: Office) -> None:
    first = office.write()
    office.write("Ruth")
    client = office.imap()
    client.select()
    before = number_after(client, "UIDVALIDITY")
    client.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
    client.expunge()
    office.fault("imap.select", "uidvalidity")
    client.select()
    assert number_after(client, "UIDVALIDITY") > before
    assert uids(client, "ALL") == [1]
    assert uids(client, "HEADER", "Message-ID", f'"{first}"') == []
    client.logout()


def test_mail_that_vanishes_between_search_and_fetch_gives_no_data_and_no_error(office: Office) -> None:
    office.write()
    client = office.imap()
    client.select()
    assert uids(client, "ALL") == [1]
    office.fault("imap.fetch", "expunge")
    assert client.uid("FETCH", "1", "(BODY.PEEK[])") == ("OK", [None])
    client.logout()


@pytest.mark.parametrize("fault", ["bye", "cut", "garbage"])
def test_a_connection_that_breaks_in_the_middle_of_a_mail_leaves_it_to_be_read_again(
    office: Office, fault: str
) -> None:
    office.write(text="important " * 2000)
    client = office.imap()
    client.select()
    office.fault("imap.fetch", fault)
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        client.uid("FETCH", "1", "(BODY.PEEK[])")
    client.shutdown()
    again = office.imap()
    again.select()
    assert b"important important" in again.uid("FETCH", "1", "(BODY.PEEK[])")[1][0][1]
    again.logout()


def test_a_server_that_hangs_is_left_by_the_client_when_its_patience_ends(office: Office) -> None:
    office.fault("imap.search", "hang")
    client = office.imap()
    client.select()
    client.sock.settimeout(0.3)
    with pytest.raises(TimeoutError):
        uids(client, "ALL")
    client.shutdown()


def test_sign_in_can_be_refused_and_works_again_when_the_fault_is_over(office: Office) -> None:
    office.fault("imap.login", "no", times=2)
    for _ in range(2):
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            office.imap()
    office.imap().logout()


def test_a_slow_server_answers_late_and_whole(office: Office) -> None:
    message_id = office.write()
    client = office.imap()
    client.select()
    office.fault("imap.fetch", "slow", seconds=0.4)
    began = time.monotonic()
    raw = client.uid("FETCH", "1", "(BODY.PEEK[])")[1][0][1]
    assert time.monotonic() - began > 0.3
    assert message_id.encode() in raw
    client.shutdown()


def test_everything_served_is_in_the_journal(office: Office) -> None:
    message_id = office.write()
    client = office.imap()
    client.select()
    client.uid("FETCH", "1", "(BODY.PEEK[])")
    client.logout()
    assert office.journal("served")[-1]["ids"] == [message_id]
    assert office.journal("written")[-1]["id"] == message_id


def test_ten_clients_at_once_each_get_every_mail(office: Office) -> None:
    sent = {office.write(text=f"number {number}") for number in range(20)}
    seen: list[set[str]] = []

    def reads() -> None:
        client = office.imap()
        client.select()
        parts = client.uid("FETCH", "1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
        seen.append({part[1].decode().split(": ")[1].strip() for part in parts if isinstance(part, tuple)})
        client.logout()

    threads = [threading.Thread(target=reads) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [sent] * 10
