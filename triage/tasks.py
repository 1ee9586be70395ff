"""The workbench's work in the background: ids in, rows are the truth, what is lost is found by the sweep."""

import logging
from collections.abc import Callable

from celery import shared_task
from django.core.cache import cache
from django.db import DatabaseError

from triage.services.learning import fit_suggestion, list_unfitted
from triage.services.replays import list_due, run_replay
from triage.services.shadows import follow_shadow
from triage.services.shipped import take_in_shipped

log = logging.getLogger(__name__)


@shared_task(name="triage.replay")
def replay(replay_id: int) -> None:
    """Work on one replay for a while, and hand the rest on."""
    if run_replay(replay_id):
        replay.apply_async((replay_id,))


@shared_task(name="triage.suggest", soft_time_limit=240, time_limit=260)
def suggest(suggestion_id: int) -> None:
    """Fit weights on the desk's labels."""
    fit_suggestion(suggestion_id)


@shared_task(name="triage.sweep")
def sweep() -> None:
    """Take in new shipped rules, let the shadow follow, and take up what nobody works on."""
    for step in (_ship, follow_shadow, _take_up):
        _attempt(step)


def _ship() -> None:
    take_in_shipped()


def _take_up() -> None:
    for replay_id in list_due():
        replay.apply_async((replay_id,))
    for suggestion_id in list_unfitted():
        if cache.add(f"fitting:{suggestion_id}", 1, 300):
            suggest.apply_async((suggestion_id,))


def _attempt(step: Callable[[], object]) -> None:
    """Run one step; what fails is tried again by the next sweep and does not hold up the others."""
    try:
        step()
    except DatabaseError as error:
        log.warning("The workbench's step %s failed: %s", step.__name__, type(error).__name__)
