"""Times as people read them; static/js/clock.js writes the same words while the page stands."""

from datetime import datetime

from django.utils import timezone

MINUTE, HOUR, DAY = 60, 3600, 86_400


def spell_span(seconds: float) -> str:
    """Return a span of time in words that fit a column: 2:14, 38 min, 5 h 10, 3 days."""
    whole = max(0, int(seconds))
    if whole < 20 * MINUTE:
        return f"{whole // MINUTE}:{whole % MINUTE:02}"
    if whole < 2 * HOUR:
        return f"{whole // MINUTE} min"
    if whole < 2 * DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02}"
    return f"{whole // DAY} days"


def spell_moment(moment: datetime, now: datetime | None = None) -> str:
    """Return a moment in the desk's wall time: 02:41 today, 21 Nov 02:41 this year, else with the year."""
    here = timezone.localtime(moment)
    today = timezone.localtime(now)
    if here.date() == today.date():
        return f"{here:%H:%M}"
    if here.year == today.year:
        return f"{here.day} {here:%b %H:%M}"
    return f"{here.day} {here:%b %Y %H:%M}"


def spell_exactly(moment: datetime) -> str:
    """Return a moment whole, with the name of its wall time, so that 01:30 is never said twice alike."""
    here = timezone.localtime(moment)
    return f"{here:%A} {here.day} {here:%B %Y, %H:%M:%S %Z}"
