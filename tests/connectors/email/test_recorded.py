"""The recorded mails of contract section 12: read where they lie, never copied."""

import functools
import hashlib
import json
import time
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from connectors.email import parse
from connectors.email.limited import read_limited
from connectors.email.parse import Fetched, parse_mail
from connectors.email.quotes import split_reply
from inbox.incoming import Incoming, Unreadable
from inbox.models import Message, RawPayload
from inbox.services.ingest import store_page
from tests.connectors.conftest import connect
from tests.connectors.email.test_inspect import FIELDS
from tests.connectors.email.test_limited import MAILBOX

RECORDED = Path(__file__).resolve().parents[3].parent / "shared" / "contracts" / "recorded" / "mail"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded mails are not beside the project")
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
# Complaints (RFC 5965), out-of-office notes and two that the collection itself says are none.
NO_BOUNCES = ("arf-", "rfc3834-", "is-not-bounce")


@functools.cache
def read_whole(path):
    return read_limited(path.read_bytes())


def list_mails(folder="*"):
    return sorted(path for path in RECORDED.glob(f"{folder}/*") if path.is_file())


EXPECTATIONS = Path(__file__).with_name("reply_expectations.tsv")


def read_expectations():
    rows = [line.split("\t") for line in EXPECTATIONS.read_text(encoding="utf-8").splitlines()[1:]]
    return {name: digest for name, _, digest in rows}


def digest(text):
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:20]


def test_every_recorded_mail_becomes_one_item_in_time_with_its_source():
    slow, unreadable = [], []
    for path in list_mails():
        raw = path.read_bytes()
        started = time.monotonic()
        item = parse_mail(Fetched(raw, NOW, len(raw)), MAILBOX)
        if time.monotonic() - started > 5:
            slow.append(path.name)
        assert isinstance(item, Incoming | Unreadable)
        assert item.raw == raw
        if isinstance(item, Unreadable):
            unreadable.append(path.name)
    assert slow == []
    assert unreadable == []


@pytest.mark.django_db
def test_every_recorded_mail_is_stored_once_with_its_bytes_untouched(sandbox, monkeypatch):
    account = connect("email")
    kept_at = {path.read_bytes(): path for path in list_mails()}
    raws = [path.read_bytes() for path in list_mails()]
    monkeypatch.setattr(parse, "read_limited", lambda raw: read_whole(kept_at[raw]))
    items = [parse_mail(Fetched(raw, NOW, len(raw)), MAILBOX) for raw in raws]
    for start in range(0, len(items), 50):
        store_page(account_id=account.pk, items=items[start : start + 50])
    wanted = {hashlib.sha256(raw).digest() for raw in raws}
    assert Message.objects.filter(account=account, direction="in").count() == len(wanted)
    kept = RawPayload.objects.filter(account=account).values_list("body", "sha256")
    assert {hashlib.sha256(bytes(body)).digest() for body, _ in kept} == wanted
    assert all(hashlib.sha256(bytes(body)).digest() == bytes(digest) for body, digest in kept)


def test_every_recorded_file_is_one_line_when_it_is_inspected():
    paths = [str(path) for path in list_mails()]
    out = StringIO()
    call_command("inspect_mail", *paths, stdout=out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["file"] for line in lines] == paths
    assert all(list(line) == FIELDS for line in lines)
    assert all(line["reply_text"].strip() or not line["text"].strip() for line in lines)


def test_at_least_95_in_100_recorded_bounces_are_recognised_with_recipient_and_status():
    paths = list_mails("sisimai_bounces")
    found = [letter.bounce.recipients[0] for letter in (read_whole(path) for path in paths) if letter.bounce]
    whole = [one for one in found if one.recipient and one.status]
    assert len(whole) / len(paths) >= 0.95


def test_what_only_looks_like_a_bounce_is_none():
    paths = [path for path in list_mails("sisimai_bounces") if any(name in path.name for name in NO_BOUNCES)]
    assert len(paths) > 20
    assert [path.name for path in paths if read_whole(path).bounce] == []


def test_at_least_95_in_100_recorded_replies_keep_what_a_careful_reader_would_keep():
    expected = read_expectations()
    paths = list_mails("reply_*")
    assert {path.relative_to(RECORDED).as_posix() for path in paths} == set(expected)
    kept = {
        path.relative_to(RECORDED).as_posix(): split_reply(
            path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
        ).reply
        for path in paths
    }
    other = [name for name, text in kept.items() if digest(text) != expected[name]]
    assert len(other) / len(kept) <= 0.05, other


def test_a_recorded_reply_never_loses_a_line_and_never_all_of_them():
    for path in list_mails("reply_*"):
        text = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
        split = split_reply(text)
        assert split.reply.strip(), path.name
        said = [line for line in text.split("\n") if line.strip()]
        kept = [line for line in f"{split.reply}\n{split.quoted}".split("\n") if line.strip()]
        assert sorted(said) == sorted(kept), path.name
