"""The silence watchdog learns how quiet an account usually is, and barks when it is quieter than that."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from audit.models import Entry
from connectors import habits
from connectors.health import describe_health
from connectors.models import Account, AccountState
from connectors.records import Habit, Silence
from connectors.services import set_silence
from connectors.watch import watch_accounts
from inbox.errors import BadInput
from inbox.models import Message
from tests.factories import make_account, make_conversation, make_message

pytestmark = pytest.mark.django_db

# A Wednesday, eleven in the morning in London.
NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


def hours_of_history(weeks=6, by_day=6.0, by_night=0.3, seed=1):
    """Give moments at which people wrote: busy from 8 to 22, nearly nothing at night."""
    chance = random.Random(seed)
    moment = NOW - timedelta(weeks=weeks)
    while (moment := moment + timedelta(hours=chance.expovariate(by_day))) < NOW:
        if 8 <= moment.hour < 22 or chance.random() < by_night / by_day:
            yield moment


def write_history(account, moments):
    conversation = make_conversation(account)
    conversation.messages.all().delete()
    rows = [
        Message(
            conversation=conversation,
            account=account,
            remote_id=f"r{number}",
            direction="in",
            visibility="public",
            text="Hello",
            written_at=moment,
            received_at=moment,
        )
        for number, moment in enumerate(moments)
    ]
    Message.objects.bulk_create(rows)
    Account.objects.filter(pk=account.pk).update(
        last_heard_at=rows[-1].received_at, last_collected_at=NOW, told="ok"
    )
    account.refresh_from_db()


@pytest.fixture
def account():
    account = make_account(poll_seconds=15)
    write_history(account, list(hours_of_history()))
    return account


def go_quiet(account, since):
    """Let the last message have come at `since`."""
    Message.objects.filter(account=account, received_at__gt=since).delete()
    Account.objects.filter(pk=account.pk).update(last_heard_at=since)


def look(account, now):
    Account.objects.filter(pk=account.pk).update(last_collected_at=now)
    watch_accounts(now)
    account.refresh_from_db()
    return describe_health(account, now)


def test_two_hours_of_quiet_by_day_are_an_alarm_on_every_screen_and_in_the_trail(account):
    go_quiet(account, NOW - timedelta(hours=2))
    line = look(account, NOW)
    assert (line.word, line.is_loud) == ("quiet", True)
    assert line.sentence.startswith("Nobody has written on Square since 09:00")
    assert "of quiet would be usual then" in line.sentence
    assert Entry.objects.filter(verb="silence.raised").count() == 1
    look(account, NOW + timedelta(seconds=10))
    assert Silence.objects.count() == 1


def test_the_same_two_hours_at_night_are_nothing(account):
    night = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
    go_quiet(account, night - timedelta(hours=2))
    assert look(account, night).ok
    assert not Silence.objects.exists()


def test_a_quiet_that_begins_at_night_becomes_unusual_in_the_morning(account):
    since = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
    go_quiet(account, since)
    assert look(account, datetime(2026, 11, 18, 8, 0, tzinfo=UTC)).ok
    assert look(account, datetime(2026, 11, 18, 11, 0, tzinfo=UTC)).word == "quiet"


def test_the_alarm_ends_by_itself_as_soon_as_somebody_writes(account):
    go_quiet(account, NOW - timedelta(hours=3))
    assert look(account, NOW).word == "quiet"
    Account.objects.filter(pk=account.pk).update(last_heard_at=NOW)
    assert look(account, NOW + timedelta(seconds=10)).ok
    assert Silence.objects.get().ended_at
    assert Entry.objects.filter(verb="silence.ended").exists()


def test_an_ordinary_month_raises_next_to_no_false_alarm(account):
    odds = habits.learn_habit(account.pk, NOW).odds
    gaps = list(hours_of_history(weeks=4, seed=7))
    alarms = [
        begin
        for begin, end in pairwise(gaps)
        if end - begin > (habits.usual_quiet(odds, begin) or timedelta.max)
    ]
    assert len(gaps) > 1000
    assert len(alarms) <= 1


def test_with_little_history_only_a_whole_day_of_quiet_is_an_alarm():
    account = make_account(poll_seconds=15)
    write_history(account, [NOW - timedelta(days=2, hours=hour) for hour in range(5)][::-1])
    go_quiet(account, NOW - timedelta(hours=20))
    assert look(account, NOW).ok
    assert Habit.objects.get().odds is None
    go_quiet(account, NOW - timedelta(hours=25))
    assert look(account, NOW).word == "quiet"


def test_an_account_to_which_nobody_ever_wrote_is_not_silent():
    account = make_account(poll_seconds=15, last_collected_at=NOW)
    assert look(account, NOW).ok


def test_a_storm_of_messages_does_not_make_the_next_hour_suspicious():
    calm, stormy = set(range(0, 4 * 24 * 28, 8)), set(range(0, 4 * 24 * 28, 8))
    assert habits.count_odds(calm, 0, 4 * 24 * 28) == habits.count_odds(stormy, 0, 4 * 24 * 28)
    account = make_account()
    write_history(account, [NOW - timedelta(days=10, seconds=second) for second in range(500)][::-1])
    assert habits.learn_habit(account.pk, NOW).odds is None, "one busy quarter is no habit"


def test_what_came_late_is_learned_at_the_time_when_it_was_written():
    account = make_account()
    conversation = make_conversation(account)
    conversation.messages.all().delete()
    for day in range(50):
        written = NOW - timedelta(days=day, hours=1)
        make_message(conversation, written_at=written, received_at=min(NOW, written + timedelta(hours=9)))
    odds = habits.learn_habit(account.pk, NOW).odds
    assert odds
    written_hour, received_hour = 2 * 24 + 10, 2 * 24 + 19
    assert odds[written_hour] < odds[received_hour]


def test_automatic_mail_is_nobody_writing(account):
    Message.objects.update(automatic=True)
    assert habits.learn_habit(account.pk, NOW).odds is None


def test_an_admin_can_set_the_minutes_or_switch_the_alarm_off(account):
    go_quiet(account, NOW - timedelta(minutes=20))
    assert look(account, NOW).ok
    set_silence(actor=None, account_id=account.pk, way="fixed", minutes="10")
    assert look(account, NOW).word == "quiet"
    set_silence(actor=None, account_id=account.pk, way="off", minutes="")
    assert look(account, NOW).ok
    assert Silence.objects.get().ended_at
    for way, minutes in (("fixed", "0"), ("fixed", "x"), ("fixed", ""), ("never", "")):
        with pytest.raises(BadInput):
            set_silence(actor=None, account_id=account.pk, way=way, minutes=minutes)


def test_a_paused_account_is_not_called_silent(account):
    go_quiet(account, NOW - timedelta(hours=3))
    look(account, NOW)
    Account.objects.filter(pk=account.pk).update(state=AccountState.PAUSED)
    assert look(account, NOW).word == "paused"
    assert Silence.objects.get().ended_at


def test_the_hours_of_the_week_are_the_desks_own_over_the_change_of_the_clocks():
    summer = int(datetime(2026, 7, 1, 7, 30, tzinfo=UTC).timestamp())
    winter = int(datetime(2026, 12, 2, 8, 30, tzinfo=UTC).timestamp())
    assert habits.hour_of_week(summer) == habits.hour_of_week(winter) == 2 * 24 + 8
    assert timezone.get_default_timezone().key == "Europe/London"
