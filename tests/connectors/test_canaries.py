"""A check item travels each account's whole path; what breaks there is said on every screen."""

import smtplib
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import redis
from django.conf import settings as project
from django.utils import timezone

from connectors import canaries
from connectors.canaries import list_due, make_token, read_token, send_canary, settle_canaries
from connectors.email.canary import FIELD
from connectors.health import describe_health
from connectors.models import Account, AccountState
from connectors.records import Canary
from connectors.services import pause_account, resume_account
from connectors.watch import watch_accounts
from inbox import live
from inbox.models import Conversation, Message, Person
from inbox.services import ingest
from tests.connectors.conftest import connect, poll_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_minute(settings):
    settings.CANARY_SECONDS = 60


@pytest.fixture(params=project.CHANNELS)
def account(request, sandbox):
    return connect(request.param)


@pytest.fixture
def mailbox(sandbox):
    return connect("email")


def test_a_check_item_comes_back_on_every_channel_and_is_never_a_contact(account, sandbox):
    poll_now(account)
    assert list_due() == [account.pk]
    assert send_canary(account.pk)
    assert list_due() == []
    assert not send_canary(account.pk)
    poll_now(account)
    canary = Canary.objects.get()
    assert canary.seen_at and canary.seconds is not None and 0 <= canary.seconds < 30
    assert canary.announced and canary.through_rows
    assert not Message.objects.exists()
    assert not Conversation.objects.exists() and not Person.objects.exists()
    assert not [one for one in sandbox.journal("accepted") if one["channel"] == "mail"]


def test_the_event_of_a_check_item_stands_on_the_stream_that_screens_read(account, settings):
    client: Any = redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)
    poll_now(account)
    send_canary(account.pk)
    before = client.xlen(live.STREAM)
    poll_now(account)
    events = [fields["event"] for _, fields in client.xrange(live.STREAM)][before:]
    assert "canary" in events


def test_a_check_item_is_taken_out_of_the_mailbox_and_other_mail_is_left_alone(mailbox, sandbox):
    sandbox.post("/town/mail", author="Jo", subject="Hello", text="Is anybody there?")
    poll_now(mailbox)
    send_canary(mailbox.pk)
    poll_now(mailbox)
    assert Canary.objects.exclude(seen_at=None).exists()
    Account.objects.update(cursor={})
    mailbox.refresh_from_db()
    Canary.objects.update(seen_at=None)
    poll_now(mailbox)
    assert not Canary.objects.exclude(seen_at=None).exists(), "it is not in the folder any more"
    assert Message.objects.get().subject == "Hello"


def send_mail(sandbox, token, sender="mallory@example.org"):
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, "desk@northshire.example"
    mail["Subject"], mail[FIELD] = "Help", token
    mail.set_content("Somebody is breaking in")
    with smtplib.SMTP(sandbox.host, sandbox.smtp_port, timeout=5) as client:
        client.send_message(mail)


@pytest.mark.parametrize("token", ["1-1", "1-1:forged", "x", "1-1:" + "A" * 43])
def test_nobody_can_hide_a_mail_by_calling_it_a_check_item(mailbox, sandbox, token):
    send_mail(sandbox, token)
    poll_now(mailbox)
    assert "breaking in" in Message.objects.get().text


def test_a_strangers_mail_with_a_true_token_is_still_a_contact(mailbox, sandbox):
    canary = Canary.objects.create(account=mailbox, sent_at=timezone.now())
    send_mail(sandbox, make_token(canary))
    poll_now(mailbox)
    assert Message.objects.count() == 1
    canary.refresh_from_db()
    assert canary.seen_at is None


def test_a_token_is_one_accounts_alone(mailbox):
    token = make_token(Canary.objects.create(account=mailbox, sent_at=timezone.now()))
    assert read_token(token, mailbox.pk)
    assert read_token(token, mailbox.pk + 1) is None
    assert read_token(token[:-1], mailbox.pk) is None


def test_a_check_item_that_does_not_come_back_is_an_alarm_and_the_next_one_ends_it(account):
    poll_now(account)
    send_canary(account.pk)
    now = timezone.now()
    Canary.objects.update(sent_at=now - canaries.OVERDUE - timedelta(seconds=5))
    watch_accounts(now)
    account.refresh_from_db()
    line = describe_health(account)
    assert line.word == "silent" and line.is_loud
    assert line.sentence.startswith("No intake from")
    Account.objects.update(next_canary_at=None)
    send_canary(account.pk)
    poll_now(account)
    watch_accounts()
    account.refresh_from_db()
    assert describe_health(account).ok
    assert "came back" not in line.sentence and account.signs["checked_at"]


def test_rows_that_cannot_be_written_keep_the_check_item_from_passing(account, monkeypatch):
    poll_now(account)
    send_canary(account.pk)

    def fail(**_facts):
        raise RuntimeError("no row can be written")

    monkeypatch.setattr(ingest, "store_page", fail)
    poll_now(account)
    assert not Canary.objects.exclude(seen_at=None).exists()


def test_a_stream_that_cannot_be_written_is_noted(account, monkeypatch):
    poll_now(account)
    send_canary(account.pk)
    monkeypatch.setattr(live, "publish", lambda event, ids: False)
    poll_now(account)
    canary = Canary.objects.get()
    assert canary.seen_at and not canary.announced


def test_check_items_that_are_lost_come_less_and_less_often(mailbox):
    now = timezone.now()
    for minute in range(6):
        Canary.objects.create(account=mailbox, sent_at=now - timedelta(minutes=minute))
    assert canaries.wait_longer(mailbox, 60) == 900
    Canary.objects.filter(sent_at=now).update(seen_at=now)
    assert canaries.wait_longer(mailbox, 60) == 60


def test_an_account_that_is_not_connected_is_not_checked(account):
    Account.objects.update(state=AccountState.RECONNECT)
    assert list_due() == []
    assert not send_canary(account.pk)


def test_an_account_that_was_connected_again_is_not_blamed_for_what_was_lost_before(account):
    poll_now(account)
    send_canary(account.pk)
    Canary.objects.update(sent_at=timezone.now() - timedelta(hours=2))
    pause_account(actor=None, account_id=account.pk)
    resume_account(actor=None, account_id=account.pk)
    poll_now(Account.objects.get())
    watch_accounts()
    account.refresh_from_db()
    assert describe_health(account).ok
    assert list_due() == [account.pk]


def test_a_provider_that_counts_mails_is_written_to_less_often(mailbox):
    Account.objects.update(config={**mailbox.config, "auth": "google"}, next_canary_at=None)
    send_canary(mailbox.pk)
    mailbox.refresh_from_db()
    wait = (mailbox.next_canary_at - timezone.now()).total_seconds()
    assert 290 < wait <= 300


def test_nothing_is_sent_where_checks_are_switched_off(account, settings):
    settings.CANARY_SECONDS = 0
    assert list_due() == []
    assert not send_canary(account.pk)
    assert settle_canaries(account) == 0


def test_measurements_are_forgotten_after_a_week(mailbox):
    now = timezone.now()
    Canary.objects.create(account=mailbox, sent_at=now - timedelta(days=8))
    Canary.objects.create(account=mailbox, sent_at=now)
    assert canaries.forget_old(now) == 1
