"""Listen to the accounts whose server says at once that something came, and wake their polls.

It only hurries: what it misses, the next poll finds. Run by `manage.py listen`; two of them do no harm.
"""

import logging
import random
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.utils import timezone

from connectors import leases, tasks
from connectors.access import open_access
from connectors.contract import Listens
from connectors.errors import ConnectorError
from connectors.models import Account, AccountState, Heartbeat
from connectors.registry import find_connector

LOOK_SECONDS = 5.0
FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0
# A server that offers nothing is asked again only now and then: it may have been upgraded.
NOT_OFFERED_WAIT = 3_600.0
BUSY_SECONDS, MOST_BUSY_SECONDS = 0.5, 60.0
log = logging.getLogger(__name__)


class Ear(threading.Thread):
    """One account's listener: connects again and again until it is told to stop."""

    def __init__(self, account_id: int, fingerprint: str) -> None:
        super().__init__(name=f"listen-{account_id}", daemon=True)
        self.account_id = account_id
        self.fingerprint = fingerprint
        self._ended = threading.Event()

    def stop(self) -> None:
        """Ask it to end; it does so within a few seconds."""
        self._ended.set()

    def run(self) -> None:
        """Listen; after a failure wait, longer each time, for polling goes on all the while."""
        wait = FIRST_WAIT
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                offered = self.listen()
            except ConnectorError as error:
                log.info("Listening to account %s ended: %s", self.account_id, error.sentence)
            except Exception:
                log.exception("Account %s could not be listened to.", self.account_id)
            else:
                wait = FIRST_WAIT if offered else NOT_OFFERED_WAIT
            finally:
                connection.close()
            if time.monotonic() - began > LONGEST_WAIT:
                wait = FIRST_WAIT
            self._ended.wait(wait * random.uniform(0.7, 1.0))  # noqa: S311 - spreads load, protects nothing
            wait = max(wait, min(LONGEST_WAIT, wait * 2))

    def listen(self) -> bool:
        """Listen until the connection ends; False where the server cannot tell. Raises connectors.errors."""
        account = Account.objects.get(pk=self.account_id)
        connector = find_connector(account.channel)
        if not isinstance(connector, Listens):
            return False
        access = open_access(account)
        connection.close()
        return connector.listen(access, self.wake, self._ended.is_set)

    def wake(self) -> None:
        """Have the account polled at once; when it is being polled just now, once more after that."""
        end = time.monotonic() + MOST_BUSY_SECONDS
        while not leases.wake(self.account_id) and time.monotonic() < end:
            connection.close()
            if self._ended.wait(BUSY_SECONDS):
                return
        connection.close()
        tasks.hand_out(tasks.poll, [self.account_id])


class Listener:
    """All accounts' listeners; `look` starts and stops them as accounts come, go and change."""

    def __init__(self) -> None:
        self.ears: dict[int, Ear] = {}

    def look(self) -> None:
        """Beat, and have one listener for each account that can be listened to."""
        Heartbeat.objects.update_or_create(part="listener", defaults={"beat_at": timezone.now()})
        wanted = list_wanted()
        for account_id, ear in list(self.ears.items()):
            if wanted.get(account_id) != ear.fingerprint or not ear.is_alive():
                ear.stop()
                del self.ears[account_id]
        for account_id, fingerprint in wanted.items():
            if account_id not in self.ears:
                self.ears[account_id] = Ear(account_id, fingerprint)
                self.ears[account_id].start()

    def stop(self) -> None:
        """Ask every listener to end."""
        for ear in self.ears.values():
            ear.stop()

    def run(self, stopped: Callable[[float], bool]) -> None:
        """Look again and again until `stopped(seconds)`, which waits that long, says so."""
        while True:
            try:
                self.look()
            except Exception:
                log.exception("The listener could not look which accounts there are.")
            connection.close()
            if stopped(LOOK_SECONDS):
                break
        self.stop()


def list_wanted() -> dict[int, str]:
    """Return the accounts that can be listened to, each with its settings, by which a change is seen."""
    words = [word for word in settings.CHANNELS if isinstance(find_connector(word), Listens)]
    rows = Account.objects.filter(state=AccountState.ACTIVE, channel__in=words)
    return {account.pk: repr(sorted(account.config.items())) for account in rows.only("config")}
