"""Collecting: each account by itself, each page whole with its cursor, nothing lost and nothing twice."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from connectors import http, leases, polling
from connectors.contract import Page
from connectors.leases import take_lease
from connectors.models import Account, AccountState
from connectors.polling import poll_account
from connectors.services import pause_account, resume_account
from inbox.models import Conversation, Message, RawPayload
from inbox.services import ingest
from tests.connectors.conftest import poll_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def short_patience(monkeypatch):
    monkeypatch.setattr(http, "READ_SECONDS", 1)


def write_posts(sandbox, count, start=0):
    posts = [
        {"author": f"Person {number % 7}", "text": f"Message number {number}"}
        for number in range(start, start + count)
    ]
    return sandbox.call("POST", "/town/x/posts", json=posts)["ids"]


def stored():
    return set(Message.objects.filter(direction="in").values_list("remote_id", flat=True))


def test_everything_is_collected_once_however_often_it_is_polled(x_account, sandbox):
    ids = write_posts(sandbox, 250)
    poll_now(x_account)
    poll_now(x_account)
    ids += write_posts(sandbox, 30, start=250)
    poll_now(x_account)
    assert stored() == set(ids)
    assert Message.objects.count() == 280


def test_a_page_is_stored_with_its_cursor_or_not_at_all(x_account, sandbox, monkeypatch):
    write_posts(sandbox, 3)
    real = ingest.store_page

    def fail_after(**facts):
        real(**facts)
        raise RuntimeError("the worker dies here")

    monkeypatch.setattr(ingest, "store_page", fail_after)
    poll_account(x_account.pk)
    x_account.refresh_from_db()
    assert stored() == set()
    assert "mentions" not in x_account.cursor
    monkeypatch.setattr(ingest, "store_page", real)
    poll_now(x_account)
    assert len(stored()) == 3


@pytest.mark.django_db(transaction=True)
def test_of_many_pollers_one_gets_the_account(x_account):
    barrier, fences = Barrier(8), []

    def race():
        barrier.wait()
        lease = take_lease(x_account.pk, "racer")
        if lease:
            fences.append(lease.fence)
        connection.close()

    threads = [Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fences) == 1


def test_a_poller_whose_lease_ran_out_stores_nothing(x_account, sandbox):
    write_posts(sandbox, 2)
    old = take_lease(x_account.pk, "slow")
    Account.objects.filter(pk=x_account.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    new = take_lease(x_account.pk, "quick")
    assert old and new and new.fence > old.fence
    with pytest.raises(leases.LeaseLost):
        polling.store_page(old, Page((), {"mentions": "999"}))
    x_account.refresh_from_db()
    assert "mentions" not in x_account.cursor


def test_an_account_paused_while_it_is_polled_gets_nothing_more(x_account):
    lease = take_lease(x_account.pk, "poller")
    assert lease
    pause_account(actor=None, account_id=x_account.pk)
    with pytest.raises(leases.LeaseLost):
        polling.store_page(lease, Page((), {"mentions": "999"}))
    assert leases.list_due() == []
    resume_account(actor=None, account_id=x_account.pk)
    assert leases.list_due() == [x_account.pk]


def test_a_failing_account_does_not_delay_another(x_account, page, sandbox):
    sandbox.fault("x", "*", "status", times=0, status=503)
    sandbox.post("/town/facebook/comments", author="Ann", text="Hello")
    for account in (x_account, page):
        poll_account(account.pk)
    assert Conversation.objects.get().account == page
    x_account.refresh_from_db()
    assert x_account.failures == 1
    assert x_account.next_poll_at > timezone.now()


def test_a_limited_account_waits_until_the_platforms_own_time(x_account, sandbox):
    sandbox.fault("x", "mentions", "status", times=1, status=429, seconds=120)
    poll_account(x_account.pk)
    x_account.refresh_from_db()
    wait = (x_account.limited_until - timezone.now()).total_seconds()
    assert 100 < wait < 130
    assert leases.list_due() == []


def test_a_limit_on_private_messages_does_not_stop_the_mentions(x_account, sandbox):
    write_posts(sandbox, 2)
    sandbox.fault("x", "dm_events", "status", times=1, status=429, seconds=120)
    poll_now(x_account)
    assert len(stored()) == 2
    assert x_account.failures == 0
    assert "limited" in str(x_account.meter["warnings"])


def test_three_refusals_running_ask_for_a_new_connection_and_one_does_not(x_account, sandbox):
    sandbox.fault("x", "*", "status", times=0, status=401)
    for _ in range(2):
        poll_now(x_account)
    assert x_account.state == AccountState.ACTIVE
    poll_now(x_account)
    assert x_account.state == AccountState.RECONNECT
    assert leases.list_due() == []


def test_a_dead_page_token_asks_for_a_new_connection_at_once(page, sandbox):
    sandbox.fault("facebook", "*", "status", times=0, status=400, code=190)
    poll_account(page.pk)
    page.refresh_from_db()
    assert page.state == AccountState.RECONNECT


@pytest.mark.parametrize("fault", ["malformed", "truncated", "html", "empty", "cut", "truncated_gzip"])
@pytest.mark.parametrize("channel", ["x", "facebook"])
def test_nothing_is_lost_when_an_answer_is_broken_once(request, sandbox, channel, fault):
    account = request.getfixturevalue("x_account" if channel == "x" else "page")
    if channel == "x":
        write_posts(sandbox, 3)
    else:
        for number in range(3):
            sandbox.post("/town/facebook/comments", author="Ann", text=f"Number {number}")
    sandbox.fault(channel, "mentions" if channel == "x" else "feed", fault, times=1, status=503)
    poll_now(account)
    assert account.failures == 1
    assert stored() == set()
    poll_now(account)
    assert account.failures == 0
    assert len(stored()) == 3


@pytest.mark.parametrize("channel", ["x", "facebook"])
def test_an_answer_that_stays_unreadable_becomes_one_visible_item(request, sandbox, channel):
    account = request.getfixturevalue("x_account" if channel == "x" else "page")
    if channel == "x":
        write_posts(sandbox, 1)
    else:
        sandbox.post("/town/facebook/comments", author="Ann", text="Hello")
    sandbox.fault(channel, "mentions" if channel == "x" else "feed", "malformed", times=0)
    for _ in range(5):
        poll_now(account)
    conversation = Conversation.objects.get()
    assert conversation.unjudged
    assert RawPayload.objects.get().problem
    sandbox.clear_faults()
    poll_now(account)
    assert Conversation.objects.count() == 2


@pytest.mark.parametrize("fault", ["wrong_types", "missing_ids"])
@pytest.mark.parametrize("channel", ["x", "facebook"])
def test_items_of_the_wrong_shape_become_visible_items(request, sandbox, channel, fault):
    account = request.getfixturevalue("x_account" if channel == "x" else "page")
    if channel == "x":
        write_posts(sandbox, 2)
    else:
        for number in range(2):
            sandbox.post("/town/facebook/comments", author="Ann", text=f"Number {number}")
    sandbox.fault(channel, "mentions" if channel == "x" else "feed", fault, times=1)
    poll_now(account)
    assert Message.objects.filter(unreadable=True).count() == 2
    assert account.failures == 0


@pytest.mark.parametrize("fault", ["duplicate_page", "reordered_page", "new_names"])
def test_doubled_shuffled_and_renamed_pages_give_the_same_messages(x_account, sandbox, fault):
    ids = write_posts(sandbox, 20)
    sandbox.fault("x", "mentions", fault, times=1)
    poll_now(x_account)
    poll_now(x_account)
    assert stored() == set(ids)


def test_numbers_for_ids_are_read_as_text(page, sandbox):
    sandbox.post("/town/facebook/comments", author="Ann", text="Hello")
    sandbox.fault("facebook", "feed", "numeric_ids", times=1)
    poll_now(page)
    assert Message.objects.filter(unreadable=False).count() == 1


def test_a_writer_whom_facebook_does_not_name_is_shown_as_a_facebook_user(page, sandbox):
    sandbox.post("/town/facebook/comments", author="Ann", text="Hello")
    sandbox.fault("facebook", "feed", "no_from", times=1)
    poll_now(page)
    assert Conversation.objects.get().person.name == "Facebook user"


def test_a_post_that_appears_late_beneath_the_cursor_is_still_collected(x_account, sandbox):
    write_posts(sandbox, 2)
    poll_now(x_account)
    earlier = (timezone.now() - timedelta(minutes=10)).isoformat()
    late = sandbox.post("/town/x/posts", author="Lee", text="Late but real", created_at=earlier, late=True)
    poll_now(x_account)
    assert late in stored()


def test_a_hanging_platform_ends_the_poll_in_time(x_account, sandbox):
    sandbox.fault("x", "mentions", "hang", times=1, seconds=5)
    started = timezone.now()
    poll_now(x_account)
    assert (timezone.now() - started).total_seconds() < 4
    assert x_account.failures == 1


def test_a_dripping_answer_is_cut_off_at_the_total_time(x_account, sandbox, monkeypatch):
    monkeypatch.setattr(http, "TOTAL_SECONDS", 2)
    write_posts(sandbox, 3)
    sandbox.fault("x", "mentions", "slow_body", times=1, seconds=0.5)
    started = timezone.now()
    poll_now(x_account)
    assert (timezone.now() - started).total_seconds() < 5
    assert x_account.failures == 1
    poll_now(x_account)
    assert len(stored()) == 3
