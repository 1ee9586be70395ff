"""The sweeper: a small loop of its own that needs neither the queue nor Redis, only the database.

While the queue works it only watches. When the queue stands still (no worker, no beat, or no Redis) it does
the queue's work itself, one thing after the other: slower, but nothing waits for a person to notice. Leases
and fences make it harmless that both may work at once.
"""

import logging
import time
from collections.abc import Callable, Iterable

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from audit.services import record_alone
from connectors import (
    acting,
    canaries,
    delivery,
    files,
    hooks,
    leases,
    machinery,
    notices,
    polling,
    reconciling,
    watch,
)
from inbox import live
from inbox.services import outbox
from inbox.services.act import due_acts
from inbox.tasks import sweep

PAUSE_SECONDS = 5.0
# All parts start together: the queue has this long to show its first sign of life.
GRACE_SECONDS = 30.0
# Of each kind at most so many in one round, so that every kind comes to its turn.
AT_ONCE = 20
log = logging.getLogger(__name__)


class Sweeper:
    """One loop. `stands` says whether the queue stood still at the last look."""

    def __init__(self) -> None:
        self.stands = False
        self.is_over = False
        self.begun = time.monotonic()

    def run(self) -> None:
        """Go round until told to end."""
        while not self.is_over:
            started = time.monotonic()
            try:
                self.go_round()
            except DatabaseError as error:
                log.warning("The sweeper could not look: %s", type(error).__name__)
            close_old_connections()
            while not self.is_over and time.monotonic() - started < PAUSE_SECONDS:
                time.sleep(0.2)

    def go_round(self) -> bool:
        """Beat, look, and work where the queue does not; True when it worked."""
        machinery.beat(machinery.SWEEPER)
        if time.monotonic() - self.begun < GRACE_SECONDS:
            return False
        stands = not machinery.is_queue_alive()
        self.tell(stands)
        if not stands:
            return False
        sweep()
        for work, ids in list_work():
            self.do_all(work, ids)
        watch.watch_accounts(timezone.now())
        return True

    def tell(self, stands: bool) -> None:
        """Tell the trail and every screen when the queue stops and when it goes on."""
        if stands == self.stands:
            return
        self.stands = stands
        record_alone(actor=None, verb="queue.stands" if stands else "queue.works")
        live.announce("account", id=0)

    def do_all(self, work: Callable[[int], object], ids: Iterable[int]) -> None:
        """Do one kind of work; a fault of one piece does not stop the others."""
        for pk in ids:
            if self.is_over:
                return
            machinery.beat(machinery.SWEEPER)
            try:
                work(pk)
            except Exception:
                log.exception("The sweeper could not finish %s of %s.", work.__name__, pk)


def list_work() -> Iterable[tuple[Callable[[int], object], list[int]]]:
    """Yield each kind of work with what is due of it, replies first."""
    yield delivery.deliver_reply, list(outbox.due_replies())[:AT_ONCE]
    yield acting.carry_out, list(due_acts())[:AT_ONCE]
    yield notices.send_notice, notices.list_due()[:AT_ONCE]
    yield hooks.read_payload, list(hooks.list_due())[:AT_ONCE]
    yield polling.poll_account, leases.list_due()[:AT_ONCE]
    yield polling.poll_account, leases.list_behind()
    yield reconciling.look_for_reply, list(outbox.due_looks())[:AT_ONCE]
    yield files.fetch_attachment, files.list_due()[:AT_ONCE]
    yield canaries.send_canary, canaries.list_due()[:AT_ONCE]
