"""How an account is, in words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from connectors.health import describe_health
from connectors.machinery import is_queue_alive
from connectors.models import AccountState, Heartbeat
from tests.factories import make_account

pytestmark = pytest.mark.django_db


def test_a_healthy_account_says_how_long_ago_it_was_collected():
    now = timezone.now()
    line = describe_health(make_account(last_collected_at=now - timedelta(seconds=4)), now)
    assert (line.word, line.sentence, line.ok) == ("ok", "Collected 4 s ago", True)


def test_a_limited_account_says_until_when_in_the_desks_own_time():
    now = datetime(2026, 7, 1, 13, 0, tzinfo=ZoneInfo("UTC"))
    until = datetime(2026, 7, 1, 13, 32, tzinfo=ZoneInfo("UTC"))
    line = describe_health(make_account(limited_until=until, failures=1, failing_since=now), now)
    assert line.word == "limited"
    assert line.sentence.startswith("Square limited until 14:32")


def test_an_account_that_was_cut_off_says_since_when_and_is_loud():
    since = timezone.localtime().replace(hour=0, minute=5)
    account = make_account(state=AccountState.RECONNECT, failing_since=since, problem="Token withdrawn.")
    line = describe_health(account)
    assert line.sentence == "Square not connected since 00:05"
    assert line.detail == "Token withdrawn."
    assert line.is_loud and not line.ok


def test_a_failing_account_becomes_loud_after_five_minutes():
    now = timezone.now()
    account = make_account(failures=2, failing_since=now - timedelta(minutes=1))
    assert not describe_health(account, now).is_loud
    account.failing_since = now - timedelta(minutes=6)
    assert describe_health(account, now).is_loud


def test_an_account_that_nobody_collects_is_not_called_healthy():
    now = timezone.now()
    line = describe_health(make_account(last_collected_at=now - timedelta(minutes=5)), now)
    assert line.sentence == "No intake from Square for 5 min"
    assert line.is_loud


def test_a_paused_account_says_so():
    assert describe_health(make_account(state=AccountState.PAUSED)).word == "paused"


def test_a_warning_stands_beneath_a_healthy_line():
    now = timezone.now()
    line = describe_health(make_account(last_collected_at=now, meter={"warnings": ["A gap."]}), now)
    assert line.ok and line.detail == "A gap."


def test_the_machinery_is_alive_only_while_it_beats():
    assert not is_queue_alive()
    Heartbeat.objects.create(part="worker", beat_at=timezone.now())
    assert is_queue_alive()
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    assert not is_queue_alive()
