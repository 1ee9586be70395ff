"""What is wrong with hearing the public stands on every screen, the shift board and the accounts."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from connectors.machinery import QUEUE, SWEEPER, beat
from connectors.models import Account, AccountState, Heartbeat
from connectors.records import Gap
from connectors.watch import watch_accounts
from tests.factories import make_account, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    beat(QUEUE)
    return make_account(channel="email", last_collected_at=timezone.now(), poll_seconds=15)


def cut_off(account):
    since = timezone.now() - timedelta(minutes=3)
    Account.objects.update(state=AccountState.RECONNECT, failing_since=since)
    return "Square not connected since"


def go_quiet(account):
    make_conversation(account)
    long_ago = timezone.now() - timedelta(hours=30)
    Account.objects.update(last_heard_at=long_ago, last_collected_at=timezone.now())
    watch_accounts()
    return "Nobody has written on Square since"


def lose_check(account):
    account.canaries.create(sent_at=timezone.now() - timedelta(minutes=5))
    watch_accounts()
    return "No intake from Square since"


def hang_queue(account):
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    return "Nothing is collected since"


def hang_queue_but_not_sweeper(account):
    hang_queue(account)
    beat(SWEEPER)
    return "Collecting slowly since"


def come_back(account):
    now = timezone.now()
    gap = {"began_at": now - timedelta(hours=1), "ended_at": now - timedelta(minutes=5)}
    Gap.objects.create(account=account, finished_at=now, collected=412, **gap)
    return "412 messages from"


WAYS = [cut_off, go_quiet, lose_check, hang_queue, hang_queue_but_not_sweeper, come_back]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_it_stands_on_every_screen(way, account, operator, supervisor):
    words = way(account)
    for member, pages in ((operator, ("/", "/strip/", "/accounts/")), (supervisor, ("/shift/", "/strip/"))):
        client = Client()
        client.force_login(member)
        for page in pages:
            assert words in client.get(page).content.decode(), (way.__name__, page)


def test_an_account_that_is_well_says_nothing(account, operator):
    client = Client()
    client.force_login(operator)
    strip = client.get("/strip/").content.decode()
    assert "Square" in strip
    for words in ("since", "late", "Nothing", "Nobody"):
        assert words not in strip.replace("shift until", "")


def test_the_account_page_says_everything_in_words(account, operator):
    Account.objects.update(
        meter={"credits_left": "$12.40", "token_expires_at": "2031-05-01T00:00:00+00:00", "waiting": 350},
        pace_seconds=30,
        pace_reason="because it is quiet",
    )
    client = Client()
    client.force_login(operator)
    page = client.get(f"/accounts/{account.pk}/").content.decode()
    for words in (
        "$12.40",
        "on 1 May 2031",
        "about 350 items",
        "every 30 s because it is quiet, usually every 15 s",
    ):
        assert words in page
