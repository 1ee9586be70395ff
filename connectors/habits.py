"""How quiet an account usually is, by hour of the week, and when a quiet is no longer usual.

What is counted are quarters of an hour in which the public wrote at least once, so that a storm of messages
weighs no more than one. For each hour of the week (in the desk's wall time) the chance of a quiet quarter is
the share of quiet quarters of that hour in the last WEEKS weeks. Where little is known, an hour leans on the
same hour of the other days, and that on the whole week: `WEIGHT` quarters of the wider share are added to
what was counted itself (a Beta prior). No chance is taken for more than 0.995: nothing is quiet for ever.

The chance of a whole quiet is the product of its quarters' chances. When it falls under one in SILENCE_ODDS,
and the quiet has lasted SILENCE_SHORTEST_SECONDS, there is an alarm. With less than a week of history, or
fewer than BUSY_ENOUGH busy quarters, nothing is usual yet: then only SILENCE_LONGEST_SECONDS counts, as it
always does.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import log

from django.conf import settings
from django.db import connection
from django.utils import timezone

from connectors.records import Habit

WEEKS, HOURS, QUARTER = 8, 168, 900
WEIGHT, MOST_QUIET = 8.0, 0.995
LEAST_HISTORY, BUSY_ENOUGH = timedelta(days=7), 40
LEARN_AGAIN = timedelta(hours=1)
# When the public wrote: what came late counts when it was written, unless that time makes no sense.
BUSY = """
    SELECT DISTINCT floor(extract(epoch FROM
        CASE WHEN written_at BETWEEN received_at - interval '7 days' AND received_at
             THEN written_at ELSE received_at END) / 900)::bigint
    FROM inbox_message
    WHERE account_id = %s AND direction = 'in' AND NOT automatic AND received_at > %s
"""
FIRST = "SELECT min(received_at) FROM inbox_message WHERE account_id = %s AND received_at > %s"


def learn_habit(account_id: int, now: datetime) -> Habit:
    """Look at the last weeks and keep what is usual."""
    since = now - timedelta(weeks=WEEKS)
    with connection.cursor() as cursor:
        cursor.execute(FIRST, [account_id, since])
        first = cursor.fetchone()[0]
        cursor.execute(BUSY, [account_id, since])
        busy = {row[0] for row in cursor.fetchall()}
    odds = None
    if first and now - first >= LEAST_HISTORY and len(busy) >= BUSY_ENOUGH:
        # The quiet that lasts now is what is to be judged: it is no evidence of itself.
        odds = count_odds(busy, int(first.timestamp()) // QUARTER, max(busy) + 1)
    return Habit.objects.update_or_create(account_id=account_id, defaults={"learned_at": now, "odds": odds})[
        0
    ]


def count_odds(busy: set[int], first: int, last: int) -> list[float]:
    """Return the chance of a quiet quarter for each hour of the week, from quarters numbered by Unix time."""
    seen, quiet = [0] * HOURS, [0] * HOURS
    for quarter in range(first, last):
        hour = hour_of_week(quarter * QUARTER)
        seen[hour] += 1
        quiet[hour] += quarter not in busy
    whole = (sum(quiet) + 1) / (sum(seen) + 2)
    odds = []
    for hour in range(HOURS):
        alike = range(hour % 24, HOURS, 24)
        daily = blend(sum(quiet[one] for one in alike), sum(seen[one] for one in alike), whole)
        odds.append(round(min(MOST_QUIET, blend(quiet[hour], seen[hour], daily)), 4))
    return odds


def blend(quiet: int, seen: int, wider: float) -> float:
    """Return a share that leans on a wider one as long as little was seen."""
    return (quiet + WEIGHT * wider) / (seen + WEIGHT)


def hour_of_week(moment: int) -> int:
    """Return the hour of the week in the desk's wall time, 0 for Monday from midnight on."""
    local = datetime.fromtimestamp(moment, UTC).astimezone(timezone.get_default_timezone())
    return local.weekday() * 24 + local.hour


def usual_quiet(odds: Sequence[float] | None, since: datetime, own: int | None = None) -> timedelta | None:
    """Return how long a quiet that began at `since` may last before it is unusual; None for never.

    `own` is an account's own number of seconds (0: never).
    """
    if own is not None:
        return timedelta(seconds=own) if own else None
    longest = settings.SILENCE_LONGEST_SECONDS
    if odds is None:
        return timedelta(seconds=longest)
    left, moment = log(settings.SILENCE_ODDS), int(since.timestamp())
    spent = 0
    while spent < longest:
        # Chances below one in a hundred would end a quiet within minutes of its beginning.
        left += log(max(0.01, odds[hour_of_week(moment + spent)]))
        spent += QUARTER
        if left <= 0:
            break
    return timedelta(seconds=max(settings.SILENCE_SHORTEST_SECONDS, min(spent, longest)))
