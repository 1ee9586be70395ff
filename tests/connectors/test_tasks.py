"""The tick hands out what the database says is due; Redis may vanish and only time is lost."""

from datetime import timedelta

import pytest
import redis
from django.core.cache import cache
from django.utils import timezone

from connectors import hooks, tasks
from connectors.machinery import is_queue_alive
from connectors.models import Account
from desk.celery import app
from inbox.models import Conversation, Message
from inbox.services import act
from tests.factories import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(settings):
    """The worker's queue in a Redis that was emptied."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.flushall()
    yield lambda: [one if isinstance(one, str) else one.decode() for one in client.lrange("celery", 0, -1)]
    client.flushall()


def test_what_is_due_is_handed_out_once_until_somebody_comes_to_it(queue):
    account = make_account(channel="twitter")
    make_account(channel="twitter", state="paused")
    tasks.tick()
    tasks.tick()
    assert len([one for one in queue() if "connectors.poll" in one]) == 1
    tasks.take(tasks.poll, account.pk)
    tasks.tick()
    assert len([one for one in queue() if "connectors.poll" in one]) == 2
    assert is_queue_alive()


def test_an_emptied_redis_costs_one_tick(queue, settings):
    make_account(channel="twitter")
    tasks.tick()
    redis.Redis.from_url(settings.REDIS_URL).flushall()
    tasks.tick()
    assert len(queue()) == 1


def test_a_redis_that_is_away_stops_nothing_but_the_handing_out(monkeypatch, x_account, sandbox):
    def fail(*_words, **_more):
        raise redis.ConnectionError("away")

    monkeypatch.setattr(cache, "add", fail)
    monkeypatch.setattr(cache, "delete", fail)
    sandbox.post("/town/x/posts", author="Jo", text="Hello")
    tasks.tick()
    tasks.poll(x_account.pk)
    assert Conversation.objects.count() == 1


def test_what_a_web_hook_told_and_acts_on_messages_are_handed_out(queue, x_account, sandbox, operator):
    ours = sandbox.post("/town/x/announcements", text="The bridge is closed")
    sandbox.post("/town/x/posts", author="Jo", text="An insult", in_reply_to=ours)
    (call,) = sandbox.call("POST", "/town/x/hooks", json={})["calls"]
    told = hooks.keep_payload(x_account, call["body"].encode())
    tasks.tick()
    assert len([one for one in queue() if "connectors.read_hook" in one]) == 1
    tasks.read_hook(told.pk)
    message = Message.objects.defer("search").get()
    row = act.act(actor=operator, message_id=message.pk, kind="hide")
    tasks.tick()
    assert len([one for one in queue() if "connectors.act" in one]) == 1
    tasks.act(row.pk)
    row.refresh_from_db()
    assert row.state == "done"


def test_the_tasks_have_the_names_that_the_schedule_calls():
    names = {"tick", "poll", "deliver", "look", "notify", "fetch_file", "act", "read_hook"}
    assert {f"connectors.{name}" for name in names} <= set(app.tasks)
    assert app.conf.beat_schedule["tick"]["task"] == "connectors.tick"


def test_a_task_for_something_that_is_not_due_does_nothing(x_account):
    Account.objects.update(next_poll_at=timezone.now() + timedelta(hours=1))
    tasks.poll(x_account.pk)
    x_account.refresh_from_db()
    assert x_account.lease_fence == 0
