"""The mail server's own word that mail came: it hurries the poll, and nothing depends on it."""

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
from django.db import connection
from django.utils import timezone

from connectors import leases, listening
from connectors.email import idle
from connectors.email.connector import CONNECTOR
from connectors.errors import ConnectorError, Transient
from connectors.listening import Listener
from connectors.models import Account, Heartbeat
from tests.connectors.email.test_mailbox import access, sign_in
from tests.connectors.email.test_threading import hand_in, mailbox

__all__ = ["access", "mailbox"]
JO = "jo@town.example"


class Watch:
    """A listener in a thread, and what it heard."""

    def __init__(self, access):
        self.heard: list[float] = []
        self.offered: bool | None = None
        self.error: ConnectorError | None = None
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, args=[access], daemon=True)
        self.thread.start()

    def run(self, access):
        try:
            self.offered = CONNECTOR.listen(
                access, lambda: self.heard.append(time.monotonic()), self.ended.is_set
            )
        except ConnectorError as error:
            self.error = error

    def hears(self, times):
        return wait_for(lambda: len(self.heard) >= times)


def wait_for(true, seconds=8.0):
    """Say whether it becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


@contextlib.contextmanager
def listening_to(access) -> Iterator[Watch]:
    watch = Watch(access)
    try:
        yield watch
    finally:
        watch.ended.set()
        watch.thread.join(10)
        assert not watch.thread.is_alive()


def test_news_comes_when_mail_comes_and_nothing_is_marked_as_seen(sandbox, access):
    with listening_to(access) as watch:
        assert watch.hears(1)  # what came before anybody listened
        hand_in(sandbox, JO, "Help", "He is here")
        assert watch.hears(2)
    assert watch.offered is True
    with sign_in(sandbox) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "UNSEEN")[1] == [b"1"]


def test_what_another_program_reads_or_deletes_is_no_news(sandbox, access):
    hand_in(sandbox, JO, "Help", "He is here")
    with listening_to(access) as watch:
        assert watch.hears(1)
        with sign_in(sandbox) as client:
            client.select("INBOX")
            client.store("1", "+FLAGS", r"(\Seen \Deleted)")
            client.expunge()
        time.sleep(1)  # four of the server's looks: that nothing is said can only be waited for
        assert len(watch.heard) == 1
        hand_in(sandbox, JO, "Help", "He is still here")
        assert watch.hears(2)


def test_the_wait_is_renewed_before_the_server_or_a_router_forgets_it(sandbox, access, monkeypatch):
    monkeypatch.setattr(idle, "RENEW_SECONDS", 0.3)
    monkeypatch.setattr(idle, "SLICE_SECONDS", 0.1)
    waits, once = [], idle.wait_once

    def wait_and_count(*given):
        waits.append(given)
        return once(*given)

    monkeypatch.setattr(idle, "wait_once", wait_and_count)
    with listening_to(access) as watch:
        assert wait_for(lambda: len(waits) > 3)
        hand_in(sandbox, JO, "Help", "He is here")
        assert watch.hears(2)
    assert watch.error is None


def test_a_server_that_cannot_tell_is_left_to_the_polls(sandbox, access):
    sandbox.fault("mail", "imap.idle", "no")
    watch = Watch(access)
    assert wait_for(lambda: watch.offered is False)
    assert watch.error is None


def test_a_connection_that_ends_is_an_error_that_passes(sandbox, access):
    sandbox.fault("mail", "imap.idle", "cut")
    watch = Watch(access)
    assert wait_for(lambda: watch.error is not None)
    assert isinstance(watch.error, Transient)


@pytest.fixture
def queue(settings):
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.flushall()
    yield lambda: sum(b"connectors.poll" in one for one in client.lrange("celery", 0, -1))
    client.flushall()


@pytest.fixture
def listener(monkeypatch):
    monkeypatch.setattr(listening, "FIRST_WAIT", 0.1)
    monkeypatch.setattr(listening, "BUSY_SECONDS", 0.05)
    made = Listener()
    yield made
    ears = list(made.ears.values())
    made.stop()
    for ear in ears:
        ear.join(10)
        assert not ear.is_alive()
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_mail_has_its_account_polled_at_once_long_before_its_time(mailbox, sandbox, listener, queue):
    later = timezone.now() + timedelta(hours=1)
    listener.look()
    assert wait_for(lambda: queue() == 1)
    redis_empty(queue)
    Account.objects.filter(pk=mailbox.pk).update(next_poll_at=later)
    hand_in(sandbox, JO, "Help", "He is here")
    assert wait_for(lambda: queue() == 1)
    assert mailbox.pk in leases.list_due()
    assert Heartbeat.objects.filter(part="listener").exists()


@pytest.mark.django_db(transaction=True)
def test_a_cut_connection_is_made_again_and_a_busy_account_is_woken_when_it_is_free(
    mailbox, sandbox, listener, queue
):
    sandbox.fault("mail", "imap.idle", "cut")
    listener.look()
    assert wait_for(lambda: sandbox.journal("fault"))
    redis_empty(queue)
    time.sleep(1)
    lease = leases.take_lease(mailbox.pk, "test")
    assert lease
    hand_in(sandbox, JO, "Help", "He is here")
    time.sleep(1)
    redis_empty(queue)
    leases.give_back(lease, after_seconds=3600)
    assert wait_for(lambda: queue() == 1)
    assert mailbox.pk in leases.list_due()


@pytest.mark.django_db(transaction=True)
def test_a_paused_account_is_not_listened_to(mailbox, sandbox, listener):
    listener.look()
    ear = listener.ears[mailbox.pk]
    Account.objects.filter(pk=mailbox.pk).update(state="paused")
    listener.look()
    assert not listener.ears
    ear.join(10)
    assert not ear.is_alive()


def redis_empty(queue):
    """Forget what was handed out, and the marks by which it is not handed out twice."""
    from django.conf import settings

    redis.Redis.from_url(settings.REDIS_URL).flushall()
    assert queue() == 0
