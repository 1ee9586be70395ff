"""How an account is, in words that a supervisor reads at a glance."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from connectors.models import Account, AccountState, Heartbeat

# Nothing collected for this long although nothing failed: the machinery itself is not at work.
SILENT = timedelta(minutes=2)
FAILING_LOUD = timedelta(minutes=5)


@dataclass(frozen=True)
class HealthLine:
    """`word` for the chip (ok, waiting, limited, failing, paused, disconnected), `sentence` for people."""

    word: str
    sentence: str
    ok: bool
    detail: str = ""
    since: datetime | None = None
    is_loud: bool = False


def describe_health(account: Account, now: datetime | None = None) -> HealthLine:
    """Return how the account is. `now` is given by tests."""
    now = now or timezone.now()
    name = account.capabilities.label
    if account.state == AccountState.PAUSED:
        return HealthLine("paused", f"{name} is paused: nothing is collected and nothing sent.", ok=False)
    since = account.failing_since
    if account.state == AccountState.RECONNECT:
        sentence = f"{name} not connected since {at(since)}" if since else f"{name} not connected"
        return HealthLine("disconnected", sentence, False, account.problem, since, is_loud=True)
    if account.limited_until and account.limited_until > now:
        return HealthLine(
            "limited", f"{name} limited until {at(account.limited_until)}", False, account.problem, since
        )
    if account.failures:
        loud = bool(since and now - since > FAILING_LOUD)
        sentence = f"{name} cannot be reached since {at(since)}"
        return HealthLine("failing", sentence, False, account.problem, since, is_loud=loud)
    return describe_collecting(account, name, now)


def describe_collecting(account: Account, name: str, now: datetime) -> HealthLine:
    """Return how long ago an account without trouble was collected."""
    seen = account.last_collected_at
    if seen is None:
        return HealthLine("waiting", f"{name} is being collected for the first time", ok=True)
    age = now - seen
    if age > max(SILENT, timedelta(seconds=3 * account.poll_seconds)):
        return HealthLine(
            "silent", f"No intake from {name} for {spell(age)}", False, since=seen, is_loud=True
        )
    warnings = account.meter.get("warnings") or []
    return HealthLine("ok", f"Collected {spell(age)} ago", True, " ".join(map(str, warnings)))


def is_machinery_alive(now: datetime | None = None) -> bool:
    """Say whether a worker has beaten lately: false means that nothing is collected or sent."""
    now = now or timezone.now()
    return Heartbeat.objects.filter(part="worker", beat_at__gt=now - timedelta(seconds=30)).exists()


def at(moment: datetime | None) -> str:
    """Return the wall time, with the day when it is not today."""
    if moment is None:
        return "an unknown time"
    local = timezone.localtime(moment)
    today = local.date() == timezone.localdate()
    return f"{local:%H:%M}" if today else f"{local:%H:%M on} {local.day} {local:%B}"


def spell(age: timedelta) -> str:
    """Return a length of time as people say it: 4 s, 3 min, 2 h, 5 days."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 5_400:
        return f"{seconds // 60} min"
    if seconds < 172_800:
        return f"{seconds // 3600} h"
    return f"{seconds // 86_400} days"
