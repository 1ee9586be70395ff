"""The silence watchdog: an alarm when nobody writes to an account for longer than is usual there."""

from datetime import datetime, timedelta

from django.db import transaction

from audit.services import record
from connectors import habits
from connectors.models import Account, AccountState
from connectors.records import Habit, Silence
from connectors.wording import at, spell
from inbox import live
from inbox.enums import Direction
from inbox.models import Message


def watch_silence(account: Account, now: datetime) -> Silence | None:
    """Raise, keep or end the account's alarm; returns the one that stands."""
    standing = Silence.objects.filter(account=account, ended_at=None).first()
    since, usual = last_heard(account), None
    if account.state == AccountState.ACTIVE and since is not None:
        usual = habits.usual_quiet(odds_of(account, now), since, account.silence_seconds)
    is_unusual = usual is not None and since is not None and now - since > usual
    if standing and (not is_unusual or since != standing.since):
        end_silence(standing, account, now)
        standing = None
    if standing is None and is_unusual and since is not None and usual is not None:
        standing = raise_silence(account, since, usual, now)
    return standing


def odds_of(account: Account, now: datetime) -> list[float] | None:
    """Return what is usual on the account, learned anew when that was long ago."""
    habit = Habit.objects.filter(account=account).first()
    if habit is None or now - habit.learned_at > habits.LEARN_AGAIN:
        habit = habits.learn_habit(account.pk, now)
    odds: list[float] | None = habit.odds
    return odds


def last_heard(account: Account) -> datetime | None:
    """Return when the public wrote last; None when nobody ever did. Looked up once for older rows."""
    if account.last_heard_at is None:
        heard = Message.objects.filter(account=account, direction=Direction.IN, automatic=False).order_by(
            "-received_at"
        )
        account.last_heard_at = heard.values_list("received_at", flat=True).first()
        if account.last_heard_at:
            Account.objects.filter(pk=account.pk, last_heard_at=None).update(
                last_heard_at=account.last_heard_at
            )
    return account.last_heard_at


def raise_silence(account: Account, since: datetime, usual: timedelta, now: datetime) -> Silence:
    """Raise the alarm on every screen and in the trail."""
    with transaction.atomic():
        silence = Silence.objects.create(
            account=account, since=since, usual_seconds=int(usual.total_seconds()), raised_at=now
        )
        record(actor=None, verb="silence.raised", subject=account, said=say_silence(silence, account))
        live.announce("account", id=account.pk)
    return silence


def end_silence(silence: Silence, account: Account, now: datetime) -> None:
    """End the alarm: somebody wrote, or it is no longer wanted."""
    with transaction.atomic():
        Silence.objects.filter(pk=silence.pk, ended_at=None).update(ended_at=now)
        record(actor=None, verb="silence.ended", subject=account, quiet_since=silence.since.isoformat())
        live.announce("account", id=account.pk)


def say_silence(silence: Silence, account: Account) -> str:
    """Return the alarm's words."""
    usual = spell(timedelta(seconds=silence.usual_seconds))
    name = account.capabilities.label
    return f"Nobody has written on {name} since {at(silence.since)}; {usual} of quiet would be usual then"
