"""Hostile input in every place of a mail: read in time, harmless, and one item each."""

import json
import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.email.parse import Fetched, parse_mail
from inbox.incoming import Incoming, Unreadable
from tests.connectors.email.letters import write_mail
from tests.connectors.email.test_limited import MAILBOX
from tests.inbox.test_html import assert_harmless

HOSTILE = Path(__file__).resolve().parents[3].parent / "shared" / "hostile"
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
PLACES = (
    "From: {0} <jo@town.example>",
    "Subject: {0}",
    "To: {0}",
    "Message-ID: <{0}>",
    "References: {0}",
    "Date: {0}",
    "Content-Type: text/plain; charset={0}",
    "Content-Type: multipart/mixed; boundary={0}",
    "Content-Transfer-Encoding: {0}",
)
together = pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile input is not beside the project")


def arrive(raw):
    started = time.monotonic()
    item = parse_mail(Fetched(raw, NOW, len(raw)), MAILBOX)
    assert time.monotonic() - started < 5
    assert item.raw == raw
    return item


def read_strings():
    return json.loads((HOSTILE / "naughty-strings.json").read_text(encoding="utf-8"))


@together
def test_a_naughty_string_in_any_place_of_a_mail_stops_nobody():
    for number, text in enumerate(read_strings()):
        line = " ".join(str(text).split()) or "x"
        for place in (PLACES[number % len(PLACES)], "Subject: {0}"):
            item = arrive(write_mail(place.replace("{0}", line), body=f"{text}\r\nHelp"))
            assert isinstance(item, Incoming)
        assert "Help" in item.text


@together
def test_hostile_html_in_a_mail_leaves_nothing_that_runs_and_its_words():
    for attack in json.loads((HOSTILE / "html.json").read_text(encoding="utf-8")):
        page = f"<p>Help me</p>{attack['payload']}<p>please</p>"
        item = arrive(write_mail("Content-Type: text/html; charset=utf-8", body=page))
        assert isinstance(item, Incoming)
        assert_harmless(item.html)
        assert "Help me" in item.text


def test_garbage_and_mail_cut_or_mixed_up_at_random_is_one_item_each():
    chance = random.Random(4)  # the same garbage every time
    whole = write_mail(
        "Content-Type: multipart/mixed; boundary=b",
        body="--b\r\nContent-Type: text/html\r\n\r\n<table><tr><td>Name</td><td>Jo</td></tr></table>\r\n"
        "--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?B?4p+C?=\r\n\r\n"
        "On 22/11/2026 10:00, Jo wrote:\r\n> x\r\n--b--",
    )
    for number in range(400):
        raw = bytearray(whole[: chance.randrange(len(whole))] if number % 2 else whole)
        for _ in range(chance.randrange(12)):
            raw[chance.randrange(len(raw)) if raw else 0 : 0] = chance.randbytes(chance.randrange(6))
        assert isinstance(arrive(bytes(raw)), Incoming | Unreadable)
    for number in range(100):
        assert isinstance(arrive(chance.randbytes(number * 50)), Incoming | Unreadable)
