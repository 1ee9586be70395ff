"""Times, spans and counts as people read them on the accounts' lines."""

from datetime import datetime, timedelta

from django.utils import timezone


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


def count_messages(count: int) -> str:
    """Return a number of messages in words that fit it."""
    return "1 message" if count == 1 else f"{count:,} messages"
