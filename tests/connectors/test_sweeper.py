"""While the queue stands still the sweeper does its work, and says so; else it only watches."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from connectors import machinery, polling, sweeper
from connectors.machinery import QUEUE, SWEEPER, beat, describe_standstill
from connectors.models import Account, Heartbeat
from connectors.sweeper import Sweeper
from inbox import live
from inbox.enums import ReplyState
from inbox.models import Conversation, Message, Reply
from inbox.services.reply import ReplyRequest, reply
from tests.connectors.conftest import connect, poll_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def loop(monkeypatch):
    """A sweeper whose time to wait for the first sign of the queue is over."""
    monkeypatch.setattr(sweeper, "GRACE_SECONDS", 0)
    return Sweeper()


def test_while_the_queue_works_the_sweeper_only_beats(loop, x_account, sandbox):
    sandbox.post("/town/x/posts", author="Jo", text="Hello")
    beat(QUEUE)
    assert not loop.go_round()
    assert not Message.objects.exists()
    assert Heartbeat.objects.filter(part=SWEEPER).exists()
    assert not Entry.objects.filter(verb__startswith="queue").exists()


def test_when_the_queue_stands_still_what_is_due_is_collected_sent_and_said(
    loop, x_account, sandbox, operator
):
    sandbox.post("/town/x/posts", author="Jo", text="Hello @NorthshirePol")
    poll_now(x_account)
    conversation = Conversation.objects.get()
    request = ReplyRequest(
        text="We are here.", visibility="public", key="k", seen_version=conversation.version, fence=None
    )
    row = reply(actor=operator, conversation_id=conversation.pk, request=request)
    Reply.objects.filter(pk=row.pk).update(not_before=timezone.now())
    sandbox.post("/town/x/posts", author="Sam", text="And me")
    Account.objects.update(next_poll_at=timezone.now() - timedelta(seconds=1), lease_until=None)
    Heartbeat.objects.create(part=QUEUE, beat_at=timezone.now() - timedelta(minutes=2))
    assert loop.go_round()
    row.refresh_from_db()
    assert row.state == ReplyState.SENT, row.error_text
    assert Message.objects.filter(direction="in").count() == 2
    assert Entry.objects.filter(verb="queue.stands").count() == 1
    standstill = describe_standstill()
    assert standstill and "slowly since" in standstill.word and not standstill.is_loud
    loop.go_round()
    assert Entry.objects.filter(verb="queue.stands").count() == 1
    beat(QUEUE)
    assert not loop.go_round()
    assert Entry.objects.filter(verb="queue.works").count() == 1


def test_the_sweeper_needs_no_redis(loop, sandbox, settings):
    mailbox = connect("email")
    sandbox.post("/town/mail", author="Jo", subject="Hello", text="Is anybody there?")
    Account.objects.update(next_poll_at=timezone.now())
    live.connect.cache_clear()
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    try:
        assert loop.go_round()
    finally:
        live.connect.cache_clear()
    assert Message.objects.get().account_id == mailbox.pk


def test_what_fails_does_not_keep_the_rest_from_being_done(loop, x_account, page, sandbox, monkeypatch):
    sandbox.post("/town/facebook/comments", author="Ann", text="Hello")
    real = polling.poll_account

    def fail_for_x(account_id):
        if account_id == x_account.pk:
            raise RuntimeError("a fault of our own")
        return real(account_id)

    monkeypatch.setattr(polling, "poll_account", fail_for_x)
    Account.objects.update(next_poll_at=timezone.now())
    assert loop.go_round()
    assert Message.objects.get().account_id == page.pk


def test_when_neither_is_at_work_that_is_loud():
    first = describe_standstill()
    assert first and first.is_loud
    long_ago = timezone.now() - machinery.DEAD_AFTER - timedelta(seconds=1)
    for part in (QUEUE, SWEEPER):
        Heartbeat.objects.create(part=part, beat_at=long_ago)
    standstill = describe_standstill()
    assert standstill and standstill.is_loud
    assert standstill.word.startswith("Nothing is collected since")


def test_the_first_seconds_are_the_queues_own(x_account):
    assert not Sweeper().go_round(), "all parts start together"
