"""Whether the desk's own parts are at work: each leaves a heartbeat in the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from connectors.models import Heartbeat
from connectors.wording import at

# The queue beats twice a second, the sweeper every few seconds.
QUEUE, SWEEPER = "worker", "sweeper"
DEAD_AFTER = timedelta(seconds=30)
NOTHING = (
    "Nothing is collected or sent: no part of the desk that does it gives a sign of life. "
    "Tell the system's owner."
)
SLOWER = (
    "The work queue stands still, so the desk collects and sends more slowly, one thing after the other. "
    "Tell the system's owner."
)


@dataclass(frozen=True)
class Standstill:
    """What stands still: `word` for the chip, `sentence` for people; loud when nothing is collected."""

    word: str
    sentence: str
    is_loud: bool


def beat(part: str) -> None:
    """Leave a sign of life."""
    Heartbeat.objects.update_or_create(part=part, defaults={"beat_at": timezone.now()})


def describe_standstill(now: datetime | None = None) -> Standstill | None:
    """Return what stands still; None while the work queue is at work."""
    now = now or timezone.now()
    beats = dict(Heartbeat.objects.values_list("part", "beat_at"))
    queue, sweeper = beats.get(QUEUE), beats.get(SWEEPER)
    if queue and now - queue < DEAD_AFTER:
        return None
    since = f" since {at(queue)}" if queue else ""
    if sweeper and now - sweeper < DEAD_AFTER:
        return Standstill(f"Collecting slowly{since}", SLOWER, is_loud=False)
    return Standstill(f"Nothing is collected{since}", NOTHING, is_loud=True)


def is_queue_alive(now: datetime | None = None) -> bool:
    """Say whether the work queue has beaten lately."""
    return describe_standstill(now) is None
