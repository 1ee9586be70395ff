"""Mail servers that fail: nothing is lost or sent twice, and what is not known is said to be unknown."""

from typing import Any

import pytest

from connectors.email import wire
from connectors.email.connector import CONNECTOR
from connectors.errors import AuthRevoked, InvalidContent, NotPermitted, Transient, UnknownOutcome
from inbox.incoming import Unreadable
from tests.connectors.email.test_mailbox import access, answer, collect, sign_in

__all__ = ["access"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def outgoing(sandbox, access):
    sandbox.post("/town/mail", author="Jo M.", text="My bike is gone.", subject="Stolen bike")
    (item,), _ = collect(access)
    return answer(item)


@pytest.mark.parametrize("fault", ["accept_then_cut", "accept_then_hang"])
def test_a_connection_that_breaks_after_the_last_byte_leaves_the_outcome_unknown(
    sandbox, access, outgoing, fault, monkeypatch
):
    monkeypatch.setattr(wire, "SECONDS", 2.0)
    sandbox.fault("mail", "smtp.data", fault, seconds=5)
    with pytest.raises(UnknownOutcome):
        CONNECTOR.send(access, outgoing)
    assert len(sandbox.journal("accepted")) == 1


def test_an_unknown_reply_is_found_where_the_server_files_what_is_sent(sandbox, access, outgoing):
    sandbox.fault("mail", "smtp.data", "accept_then_cut")
    with pytest.raises(UnknownOutcome):
        CONNECTOR.send(access, outgoing)
    assert CONNECTOR.find_sent(access, outgoing) is None
    message_id = sandbox.journal("accepted")[0]["data"]["id"]
    with sign_in(sandbox) as client:
        client.append("Sent", "", None, f"Message-ID: {message_id}\r\n\r\nFiled by the server".encode())
    found = CONNECTOR.find_sent(access, outgoing)
    assert found is not None and found.remote_id == message_id


@pytest.mark.parametrize(
    ("operation", "fault", "error"),
    [
        ("smtp.connect", "421", Transient),
        ("smtp.auth", "535", AuthRevoked),
        ("smtp.rcpt", "450", Transient),
        ("smtp.rcpt", "451", Transient),
        ("smtp.rcpt", "452", Transient),
        ("smtp.rcpt", "550", NotPermitted),
        ("smtp.data", "552", InvalidContent),
        ("smtp.data", "421", Transient),
        ("smtp.rcpt", "cut", Transient),
        ("smtp.mail", "cut", Transient),
    ],
)
def test_a_refusal_proves_that_nothing_left_and_says_whether_to_try_again(
    sandbox, access, outgoing, operation, fault, error
):
    sandbox.fault("mail", operation, fault, times=0)
    with pytest.raises(error) as caught:
        CONNECTOR.send(access, outgoing)
    assert caught.value.proves_unsent
    assert sandbox.journal("accepted") == []
    sandbox.clear_faults()
    assert CONNECTOR.send(access, outgoing).remote_id


def test_a_second_try_carries_the_same_message_id(sandbox, access, outgoing):
    sandbox.fault("mail", "smtp.data", "accept_then_cut")
    with pytest.raises(UnknownOutcome):
        CONNECTOR.send(access, outgoing)
    receipt = CONNECTOR.send(access, outgoing)
    assert {entry["data"]["id"] for entry in sandbox.journal("accepted")} == {receipt.remote_id}


def test_a_folder_of_sent_mail_that_fails_does_not_make_a_sent_mail_unsent(sandbox, access, outgoing):
    sandbox.fault("mail", "imap.append", "no", times=0)
    assert CONNECTOR.send(access, outgoing).remote_id
    assert len(sandbox.journal("accepted")) == 1


@pytest.mark.parametrize("fault", ["bye", "cut"])
def test_a_server_that_leaves_in_the_middle_loses_nothing(sandbox, access, fault):
    for number in range(5):
        sandbox.post("/town/mail", author="Jo M.", text=f"Mail {number}")
    sandbox.fault("mail", "imap.fetch", fault, skip=1)
    kept: list[Any] = []
    cursor: dict[str, Any] = {}
    with pytest.raises(Transient):
        for page in CONNECTOR.fetch(access, cursor):
            kept.extend(page.items)
            cursor = page.cursor
    rest, _ = collect(access, cursor)
    assert [item.text for item in [*kept, *rest]] == [f"Mail {number}" for number in range(5)]


def test_a_mail_that_the_server_never_hands_over_becomes_an_item_and_stops_nothing(sandbox, access):
    for number in range(3):
        sandbox.post("/town/mail", author="Jo M.", text=f"Mail {number}")
    items: list[Any] = []
    cursor: dict[str, Any] = {}
    polls = 0
    while len(items) < 3 and polls < 12:
        polls += 1
        sandbox.clear_faults()
        if not any(isinstance(item, Unreadable) for item in items):
            sandbox.fault("mail", "imap.fetch", "cut", skip=1, times=0)
        try:
            for page in CONNECTOR.fetch(access, cursor):
                items.extend(page.items)
                cursor = page.cursor
        except Transient:
            continue
    assert [isinstance(item, Unreadable) for item in items] == [True, False, False]
    assert polls <= 6


def test_a_refused_request_is_no_reason_to_ask_for_a_new_sign_in(sandbox, access):
    sandbox.fault("mail", "imap.select", "no")
    sandbox.fault("mail", "imap.examine", "no")
    with pytest.raises(Transient):
        collect(access)


def test_a_sign_in_that_is_refused_for_now_is_tried_again(sandbox, access):
    sandbox.fault("mail", "imap.login", "no", text="[UNAVAILABLE] Try later")
    with pytest.raises(Transient):
        collect(access)


def test_a_server_that_says_nothing_is_given_up(sandbox, access, monkeypatch):
    monkeypatch.setattr(wire, "SECONDS", 1.0)
    sandbox.fault("mail", "imap.login", "hang", seconds=5)
    with pytest.raises(Transient, match="in time"):
        collect(access)
