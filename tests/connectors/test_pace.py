"""How often an account is asked: faster when busy, slower when quiet or near a limit, never beyond one."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from django.utils import timezone

from connectors import allowance, leases
from connectors.allowance import Ledger, LimitReached, keep_ledger, read_headers
from connectors.facts import list_facts
from connectors.faults import explain_network
from connectors.models import Account
from connectors.outcomes import Collected, record_success
from connectors.pace import choose_pace, spread_requests
from tests.connectors.conftest import poll_now
from tests.factories import make_account, make_conversation

pytestmark = pytest.mark.django_db


def pace_of(account, facts=None, **signs):
    return choose_pace(account, facts or {}, **{"heard": 0, "is_urgent": False} | signs)


def test_an_account_that_brought_something_is_asked_twice_as_often():
    account = make_account(poll_seconds=20)
    assert pace_of(account, heard=3).seconds == 10
    assert pace_of(account, heard=3).reason == "because it is busy"


def test_a_quiet_account_is_asked_less_often_step_by_step_and_never_much_less():
    account = make_account(poll_seconds=10)
    seen = []
    for _ in range(6):
        pace = pace_of(account)
        account.pace_seconds = pace.seconds
        seen.append(round(pace.seconds, 1))
    assert seen == [12.5, 15.6, 19.5, 20, 20, 20]
    assert pace.reason == "because it is quiet"
    account = make_account(poll_seconds=60, pace_seconds=60)
    assert pace_of(account).seconds == 60, "half a minute is the most that quiet may cost"


def test_where_something_urgent_waits_the_account_is_asked_first_and_often():
    calm, hurried = make_account(channel="twitter", poll_seconds=20), make_account(channel="twitter")
    make_conversation(hurried, urgency=3)
    for account in (calm, hurried):
        lease = leases.take_lease(account.pk, "worker")
        assert lease
        record_success(lease, Collected())
    Account.objects.update(next_poll_at=timezone.now() - timedelta(seconds=1))
    Account.objects.filter(pk=calm.pk).update(next_poll_at=timezone.now() - timedelta(hours=1))
    assert leases.list_due() == [hurried.pk, calm.pk]
    hurried.refresh_from_db()
    assert hurried.pace_reason == "because something urgent waits"
    assert dict(list_facts(hurried))["Asked"].startswith("every 7.5 s because something urgent waits")


def test_the_requests_left_are_spread_and_a_fifth_is_kept_for_people():
    facts = {"allowances": {"GET /mentions": {"left": 100, "limit": 300, "seconds": 400, "used": 1.0}}}
    assert spread_requests(facts) == pytest.approx(400 / 40)
    pace = pace_of(make_account(poll_seconds=2), facts, heard=5)
    assert pace.seconds == pytest.approx(10)
    assert "last until they are given anew" in pace.reason


def test_an_endpoint_with_a_schedule_of_its_own_does_not_slow_the_rest():
    rare = {"left": 30, "limit": 300, "seconds": 600, "used": 0.25}
    scarce = {"left": 3, "limit": 15, "seconds": 600, "used": 1.0}
    assert spread_requests({"allowances": {"GET /late": rare, "GET /messages": scarce}}) == 0


def test_when_nothing_is_spare_the_account_waits_for_the_new_allowance():
    facts = {"allowances": {"GET /mentions": {"left": 50, "limit": 300, "seconds": 321, "used": 1.0}}}
    assert spread_requests(facts) == 321


def test_the_channels_own_floors_are_kept_and_said():
    account = make_account(poll_seconds=10)
    pace = pace_of(
        account, {"wait_seconds": 90, "wait_reason": "to stay within this month's budget"}, heard=1
    )
    assert (pace.seconds, pace.reason) == (90, "to stay within this month's budget")
    assert pace_of(account, {"slow_down": 4}, heard=1).seconds == 40
    assert pace_of(account, {"slow_down": 1}, heard=1).seconds == 5
    assert pace_of(account, {"wait_seconds": 1e9}).seconds == 900


def test_a_backlog_is_read_at_once_but_within_the_limits():
    account = make_account(channel="twitter", poll_seconds=10)
    for facts, least, most in (({}, -1, 1), ({"wait_seconds": 60}, 55, 61)):
        Account.objects.update(next_poll_at=timezone.now() - timedelta(seconds=1))
        lease = leases.take_lease(account.pk, "worker")
        assert lease
        record_success(lease, Collected(facts=facts, finished=False))
        account.refresh_from_db()
        wait = (account.next_poll_at - timezone.now()).total_seconds()
        assert least < wait < most


def answer(**headers):
    response = requests.Response()
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def test_the_headers_of_every_platform_are_understood():
    now = datetime.now(UTC).replace(microsecond=0)
    soon, date = now + timedelta(seconds=100), format_datetime(now, usegmt=True)
    stamp = str(int(soon.timestamp()))
    x = answer(x_rate_limit_remaining="7", x_rate_limit_limit="300", x_rate_limit_reset=stamp, date=date)
    assert read_headers(x) == (7, 300, 100)
    stamp = soon.isoformat()
    mastodon = answer(x_ratelimit_remaining="7", x_ratelimit_limit="9", x_ratelimit_reset=stamp, date=date)
    assert read_headers(mastodon) == (7, 9, 100)
    bluesky = answer(ratelimit_remaining="7", ratelimit_limit="3000", ratelimit_reset="55")
    assert read_headers(bluesky) == (7, 3000, 55)
    assert read_headers(answer()) is None
    assert read_headers(answer(x_rate_limit_remaining="many", x_rate_limit_reset=stamp)) is None
    assert read_headers(answer(x_rate_limit_remaining="1", x_rate_limit_reset="soon")) is None


def test_a_clock_that_is_wrong_here_does_not_shorten_the_wait():
    there = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    late = answer(
        x_rate_limit_remaining="0",
        x_rate_limit_limit="300",
        x_rate_limit_reset=str(int(there.timestamp()) + 600),
        date=format_datetime(there, usegmt=True),
    )
    assert read_headers(late) == (0, 300, 600)


def test_a_request_for_which_nothing_is_left_is_not_sent():
    ask = requests.Request("GET", "https://api.twitter.com/2/users/123/mentions").prepare()
    ledger = Ledger({"GET /2/users/#/mentions": {"left": 0, "limit": 300, "resets_at": allowance.now() + 60}})
    with pytest.raises(LimitReached) as refused:
        ledger.demand(ask)
    meant = explain_network(refused.value, writing=False, name="X")
    assert meant.kind == "rate_limited"
    ledger.known["GET /2/users/#/mentions"]["resets_at"] = allowance.now() - 1
    ledger.demand(ask)


def test_ledgers_of_two_polls_are_two(x_account):
    with keep_ledger({"a": {"left": 1}}) as one:
        one.known["b"] = {"left": 2}
    assert allowance.current_ledger() is None
    with keep_ledger(None) as two:
        assert two.known == {}


def simulate(account, sandbox, seconds):
    """Poll as often as the desk would, with the world's clock moved by each wait; returns how often."""
    polls, passed = 0, 0.0
    while passed < seconds:
        poll_now(account)
        polls += 1
        account.refresh_from_db()
        wait = max(0.5, (account.next_poll_at - timezone.now()).total_seconds())
        if account.limited_until:
            wait = max(wait, (account.limited_until - timezone.now()).total_seconds())
        sandbox.call("POST", "/town/clock", json={"shift_seconds": wait})
        passed += wait
    return polls


def test_a_quarter_of_an_hour_of_hasty_polling_meets_no_limit_of_x(x_account, sandbox):
    """At a usual interval of one second X would refuse after 300 requests in a quarter of an hour."""
    sandbox.call("POST", "/town/limits", json={"real": True})
    Account.objects.update(poll_seconds=1)
    try:
        polls = simulate(x_account, sandbox, 960)
    finally:
        sandbox.call("POST", "/town/limits", json={"real": False})
        sandbox.call("DELETE", "/town/clock")
    refused = [one for one in sandbox.journal("refused") if "429" in str(one)]
    assert refused == []
    assert 240 < polls < 340
    x_account.refresh_from_db()
    assert "last until they are given anew" in x_account.pace_reason
