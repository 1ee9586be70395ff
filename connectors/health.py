"""How an account is, in words that a supervisor reads at a glance."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from connectors.models import Account, AccountState
from connectors.wording import at, spell

# Nothing collected for this long although nothing failed: the machinery itself is not at work.
SILENT = timedelta(seconds=60)
FAILING_LOUD = timedelta(minutes=5)


@dataclass(frozen=True)
class HealthLine:
    """`word` for the chip (ok, waiting, limited, failing, paused, disconnected, silent, quiet), `sentence`
    for people. A loud one is an alarm on every screen.
    """

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
    """Return how long ago an account without trouble was collected, unless it is not heard after all."""
    seen = account.last_collected_at
    if seen is None:
        return HealthLine("waiting", f"{name} is being collected for the first time", ok=True)
    age = now - seen
    if age > max(SILENT, timedelta(seconds=3 * (account.pace_seconds or account.poll_seconds))):
        return HealthLine(
            "silent", f"No intake from {name} for {spell(age)}", False, since=seen, is_loud=True
        )
    unheard = read_moment(account.signs.get("unheard_since"))
    if unheard:
        detail = "A check item that the desk sent along the whole path has not come back."
        sentence = f"No intake from {name} since {at(unheard)}"
        return HealthLine("silent", sentence, False, detail, unheard, is_loud=True)
    if account.signs.get("quiet"):
        quiet = read_moment(account.signs.get("quiet_since"))
        detail = "Collecting works. Look on the channel itself whether somebody is writing there."
        return HealthLine("quiet", str(account.signs["quiet"]), False, detail, quiet, is_loud=True)
    warnings = account.meter.get("warnings") or []
    return HealthLine("ok", f"Collected {spell(age)} ago", True, " ".join(map(str, warnings)))


def read_moment(said: object) -> datetime | None:
    """Return an ISO moment, None for anything else."""
    try:
        return datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
