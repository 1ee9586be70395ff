"""The three shifts of a day, by the clock on the wall (Europe/London), right over changes of the clock."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


@dataclass(frozen=True)
class Shift:
    """A span of the rota; `start` is included and `end` is not (aware, in the desk's time zone)."""

    name: str
    start: datetime
    end: datetime


def find_shift(moment: datetime) -> Shift:
    """Return the shift in which an aware moment lies."""
    local = moment.astimezone(zone())
    today = local.date()
    if local.hour < 6:
        return make_shift("Night", today - timedelta(days=1), 22, 6)
    if local.hour < 14:
        return make_shift("Early", today, 6, 14)
    if local.hour < 22:
        return make_shift("Late", today, 14, 22)
    return make_shift("Night", today, 22, 6)


def make_shift(name: str, day: date, start: int, end: int) -> Shift:
    """Return the shift that begins on `day` at `start` o'clock and ends at `end`, the next day if need be."""
    last_day = day if end > start else day + timedelta(days=1)
    return Shift(
        name,
        datetime.combine(day, time(start), zone()),
        datetime.combine(last_day, time(end), zone()),
    )


def zone() -> ZoneInfo:
    """Return the desk's time zone."""
    return ZoneInfo(settings.TIME_ZONE)
