"""The sweep: finds by SQL what has run out, every few seconds; nothing depends on a task having arrived."""

import logging
from collections.abc import Callable

from celery import shared_task
from django.db import DatabaseError

from inbox.services.alarm_chain import raise_due
from inbox.services.claim import free_expired
from inbox.services.escalate import remind_due
from inbox.services.outbox import expire_leases

log = logging.getLogger(__name__)


@shared_task(name="inbox.sweep")
def sweep() -> None:
    """Free claims that ran out, give up on replies whose process was lost, remind silent teams."""
    for step in (expire_leases, free_expired, remind_due, raise_due):
        attempt(step)


def attempt(step: Callable[[], int]) -> None:
    """Run one step; what fails is tried again by the next sweep and does not hold up the others."""
    try:
        count = step()
    except DatabaseError as error:
        log.warning("The sweep's step %s failed: %s", step.__name__, type(error).__name__)
        return
    if count:
        log.info("The sweep's step %s settled %s.", step.__name__, count)
