"""After an outage everything of that time is fetched, the fresh first, marked as late and said to people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from connectors import leases, polling
from connectors.backfill import SHORTEST, list_told, say_gap
from connectors.email import fetching
from connectors.models import Account
from connectors.polling import poll_account
from connectors.records import Gap
from connectors.services import pause_account, resume_account
from inbox.models import Message
from tests.connectors.conftest import connect, poll_now
from tests.factories import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(sandbox):
    return connect("email")


def go_away(account, hours=1.0):
    """Let it seem as if the account had last been collected some hours ago."""
    since = timezone.now() - timedelta(hours=hours)
    Account.objects.filter(pk=account.pk).update(last_collected_at=since)
    account.refresh_from_db()
    return since


def write_posts(sandbox, count, minutes_ago=30):
    start = timezone.now() - timedelta(minutes=minutes_ago)
    posts = [
        {
            "author": f"Person {number % 7}",
            "text": f"Message number {number}",
            "created_at": (start + timedelta(seconds=number)).isoformat(),
        }
        for number in range(count)
    ]
    return sandbox.call("POST", "/town/x/posts", json=posts)["ids"]


def write_mails(sandbox, count, word="Mail"):
    mails = [
        {"author": f"Person {number % 7}", "subject": f"{word} {number}", "text": f"{word} number {number}"}
        for number in range(count)
    ]
    return sandbox.call("POST", "/town/mail", json=mails)["ids"]


def test_what_was_written_while_the_desk_was_away_is_fetched_whole_and_said(x_account, sandbox):
    poll_now(x_account)
    began = go_away(x_account)
    ids = write_posts(sandbox, 412)
    poll_now(x_account)
    late = Message.objects.filter(late=True)
    assert set(late.values_list("remote_id", flat=True)) == set(ids)
    gap = Gap.objects.get()
    assert gap.finished_at and gap.collected == 412
    assert gap.began_at == began
    assert say_gap(gap).startswith("412 messages from ") and say_gap(gap).endswith("collected late")
    closed = Entry.objects.get(verb="gap.closed")
    assert say_gap(gap) in str(closed.details)
    assert "Collected late: the desk was cut off from" in str(
        late.values_list("terms", flat=True)[0]["remarks"]
    )


def test_the_sentence_names_the_days_where_they_are_not_today():
    noon = timezone.localtime().replace(hour=12, minute=5)
    hour = timedelta(hours=1)
    gap = Gap(began_at=noon, ended_at=noon + hour, finished_at=noon + hour, collected=412)
    assert say_gap(gap) == "412 messages from 12:05 to 13:05 collected late"
    gap.began_at = noon.replace(year=2026, month=3, day=1)
    assert say_gap(gap).startswith("412 messages from 12:05 on 1 March to 13:05 on ")


def test_what_is_written_afterwards_is_not_late(x_account, sandbox):
    poll_now(x_account)
    go_away(x_account)
    write_posts(sandbox, 2)
    poll_now(x_account)
    fresh = sandbox.post("/town/x/posts", author="Jo", text="I write now")
    poll_now(x_account)
    assert not Message.objects.get(remote_id=fresh).late
    assert Gap.objects.count() == 1


def test_an_account_that_is_collected_in_time_has_no_gap(x_account, sandbox):
    poll_now(x_account)
    go_away(x_account, hours=(SHORTEST.total_seconds() - 10) / 3600)
    write_posts(sandbox, 2)
    poll_now(x_account)
    assert not Gap.objects.exists()


def test_a_pause_is_a_gap_as_well(x_account, sandbox):
    poll_now(x_account)
    pause_account(actor=None, account_id=x_account.pk)
    go_away(x_account)
    write_posts(sandbox, 3)
    resume_account(actor=None, account_id=x_account.pk)
    poll_now(Account.objects.get())
    assert Gap.objects.get().collected == 3


def test_a_gap_stays_open_until_everything_is_here(mailbox, sandbox, monkeypatch):
    poll_now(mailbox)
    go_away(mailbox)
    write_mails(sandbox, 120)
    monkeypatch.setattr(polling, "TURN_SECONDS", 0)
    poll_now(mailbox)
    gap = Gap.objects.get()
    assert gap.finished_at is None and gap.collected == 50
    assert "so far" in say_gap(gap)
    mailbox.refresh_from_db()
    assert mailbox.is_behind
    for _ in range(3):
        poll_now(mailbox)
    assert Gap.objects.get(collected=120).finished_at
    assert say_gap(list_told()[mailbox.pk]).startswith("120 messages from")
    assert Message.objects.filter(late=True).count() == 120


def test_a_crash_in_the_middle_counts_nothing_twice(mailbox, sandbox, monkeypatch):
    poll_now(mailbox)
    go_away(mailbox)
    write_mails(sandbox, 120)
    real, calls = polling.store_page, []

    def fail_at_the_second(lease, page):
        calls.append(page)
        if len(calls) == 2:
            raise RuntimeError("the worker dies here")
        return real(lease, page)

    monkeypatch.setattr(polling, "store_page", fail_at_the_second)
    poll_now(mailbox)
    monkeypatch.setattr(polling, "store_page", real)
    poll_now(mailbox)
    assert Gap.objects.get().collected == 120
    assert Message.objects.count() == 120


def test_the_newest_mails_come_before_a_long_backlog_and_the_rest_in_order(mailbox, sandbox, monkeypatch):
    write_mails(sandbox, 400)
    monkeypatch.setattr(polling, "TURN_SECONDS", 0)
    monkeypatch.setattr(polling, "BUDGET_SECONDS", 0)
    order: list[str] = []
    for _ in range(12):
        poll_now(mailbox)
        if len(order) < 100 <= Message.objects.count():
            write_mails(sandbox, 1, word="Fresh")
        known = set(order)
        subjects = Message.objects.order_by("id").values_list("subject", flat=True)
        order += [one for one in subjects if one not in known]
    first, rest = order[:50], order[50:]
    assert first == [f"Mail {number}" for number in range(350, 400)]
    assert rest.index("Fresh 0") < 150, "what is written meanwhile comes at the next turn"
    assert [one for one in rest if one != "Fresh 0"] == [f"Mail {number}" for number in range(350)]
    mailbox.refresh_from_db()
    assert "ahead" not in mailbox.cursor
    assert Message.objects.count() == 401


def test_a_mail_that_the_server_does_not_give_among_the_newest_ends_the_reading_ahead(mailbox, sandbox):
    write_mails(sandbox, 200)
    sandbox.fault("mail", "imap.fetch", "cut", times=1, skip=1)
    assert poll_now(mailbox).cursor["plain"]
    for _ in range(4):
        poll_now(mailbox)
    assert Message.objects.count() == 200
    assert mailbox.pk and "plain" not in Account.objects.get().cursor


def test_mails_that_vanish_meanwhile_do_not_keep_the_backlog_open():
    place = fetching.Place(validity=7, uid=10, ahead=(90, 95))
    assert place.part([11, 12, 90, 95, 96]) == ([96], [11, 12])
    assert place.catch_up().write() == {"validity": 7, "uid": 95}


def test_accounts_with_a_backlog_are_polled_behind_the_others_and_one_at_a_time():
    fresh = make_account(channel="twitter")
    first = make_account(channel="twitter", is_behind=True)
    make_account(channel="twitter", is_behind=True)
    hurried = make_account(channel="twitter", is_urgent=True, next_poll_at=timezone.now())
    assert leases.list_due() == [hurried.pk, fresh.pk]
    assert leases.list_behind() == [first.pk]
    assert leases.take_lease(first.pk, "worker")
    assert leases.list_behind() == []


def test_an_account_that_has_caught_up_is_polled_like_the_others_again(mailbox, sandbox):
    Account.objects.update(is_behind=True)
    write_mails(sandbox, 3)
    assert poll_account(mailbox.pk)
    mailbox.refresh_from_db()
    assert not mailbox.is_behind
