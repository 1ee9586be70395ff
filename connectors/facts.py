"""Everything that is known of how an account is heard: pairs of a label and words, for its page."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from connectors import habits
from connectors.backfill import say_gap
from connectors.health import read_moment
from connectors.models import Account, AccountState
from connectors.records import Gap, Habit
from connectors.wording import at, spell

# Facts of the meter that other lines tell, or that are made for the desk itself.
TOLD_ELSEWHERE = {
    "allowances",
    "credits_left",
    "requests_left",
    "slow_down",
    "token_expires_at",
    "wait_reason",
    "wait_seconds",
    "waiting",
    "warnings",
}
EXPIRES_SOON = timedelta(days=7)
GAPS_SHOWN = 5
Fact = tuple[str, str]


def list_facts(account: Account, now: datetime | None = None) -> list[Fact]:
    """Return the facts in the order in which they are read; those that do not apply are left out."""
    now = now or timezone.now()
    meter: dict[str, Any] = account.meter
    facts = [
        ("Last collected", tell_ago(account.last_collected_at, now)),
        ("Asked", tell_pace(account)),
        ("Behind by", tell_behind(account, now)),
        ("Last message from the public", tell_ago(account.last_heard_at, now)),
        ("Usual quiet", tell_usual_quiet(account)),
        ("Check item", tell_check(account, now)),
        ("Limited until", at(account.limited_until) if is_future(account.limited_until, now) else ""),
        ("Requests left", tell_allowance(meter, now)),
        ("Credits left", str(meter.get("credits_left") or "")),
        ("Access ends", tell_expiry(meter, now)),
        ("To be connected again since", tell_reconnect(account)),
    ]
    more = [
        (name.replace("_", " ").capitalize(), str(one)) for name, one in meter.items() if is_plain(name, one)
    ]
    return [fact for fact in facts + more if fact[1]]


def is_plain(name: str, value: Any) -> bool:
    """Say whether a fact of the meter is shown as it is."""
    return name not in TOLD_ELSEWHERE and isinstance(value, str | int | float)


def is_future(moment: datetime | None, now: datetime) -> bool:
    """Say whether a moment lies ahead."""
    return moment is not None and moment > now


def tell_ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something was."""
    return f"{spell(now - moment)} ago" if moment else "not yet"


def tell_pace(account: Account) -> str:
    """Return how often the account is asked, and why not as usual."""
    usual = account.poll_seconds
    pace = account.pace_seconds or usual
    if account.state != AccountState.ACTIVE:
        return ""
    if not account.pace_reason or round(pace, 1) == usual:
        return f"every {usual} s"
    return f"every {pace:.3g} s {account.pace_reason}, usually every {usual} s"


def tell_behind(account: Account, now: datetime) -> str:
    """Return what is still to be read, and from when."""
    waiting = account.meter.get("waiting")
    left = f"about {waiting:,} items to be read" if isinstance(waiting, int) and waiting > 0 else ""
    gap = Gap.objects.filter(account=account, finished_at=None).first()
    if gap:
        return ". ".join(filter(None, [say_gap(gap), left]))
    if account.state != AccountState.ACTIVE or account.failures:
        since = account.last_collected_at
        return f"{spell(now - since)}: nothing was collected since {at(since)}" if since else ""
    return left or "nothing"


def tell_usual_quiet(account: Account) -> str:
    """Return how long a quiet may be now before the watchdog barks."""
    if account.silence_seconds == 0:
        return "the alarm is switched off"
    since = account.last_heard_at
    if since is None:
        return "nobody has written yet"
    odds = Habit.objects.filter(account=account).values_list("odds", flat=True).first()
    usual = habits.usual_quiet(odds, since, account.silence_seconds)
    words = spell(usual) if usual else ""
    if account.silence_seconds is not None:
        return f"{words}, as set by an admin"
    return f"{words} after the last message, as learned" if odds else f"{words}, until a week was learned"


def tell_check(account: Account, now: datetime) -> str:
    """Return when the last check item came back, and how long it took."""
    checked = read_moment(account.signs.get("checked_at"))
    if checked is None:
        return ""
    return f"came back {spell(now - checked)} ago after {account.signs.get('check_seconds', 0)} s"


def tell_allowance(meter: dict[str, Any], now: datetime) -> str:
    """Return the fullest of the limits that the channel's answers tell of."""
    known = [
        one
        for one in (meter.get("allowances") or {}).values()
        if one.get("limit") and one.get("resets_at", 0) > now.timestamp()
    ]
    if not known:
        return str(meter.get("requests_left") or "")
    least = min(known, key=lambda one: float(one["left"] / one["limit"]))
    return (
        f"{least['left']:,} of {least['limit']:,} until {at(datetime.fromtimestamp(least['resets_at'], UTC))}"
    )


def tell_expiry(meter: dict[str, Any], now: datetime) -> str:
    """Return when the access ends, with a word of warning when that is soon."""
    ends = read_moment(meter.get("token_expires_at"))
    if ends is None:
        return ""
    ends = ends if ends.tzinfo else ends.replace(tzinfo=UTC)
    if ends - now < EXPIRES_SOON:
        return f"{at(ends)}: connect it again before then"
    return f"on {ends.day} {ends:%B %Y}"


def tell_reconnect(account: Account) -> str:
    """Return since when a person must connect the account again."""
    return at(account.failing_since) if account.state == AccountState.RECONNECT else ""


def list_gaps(account: Account) -> list[str]:
    """Return the last gaps in which something was written, as sentences, newest first."""
    told = Gap.objects.filter(account=account).exclude(collected=0, finished_at__isnull=False)
    told = told.order_by("-ended_at")[:GAPS_SHOWN]
    return [say_gap(gap) for gap in told]
