"""What a poll's end means for the account: when to come back, and what people are told."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from connectors import leases
from connectors.errors import AuthExpired, AuthRevoked, ConnectorError, QuotaExhausted, RateLimited
from connectors.leases import Lease
from connectors.models import Account, AccountState
from connectors.pace import Pace, choose_pace, has_urgent, slow_down
from inbox import live

FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
QUOTA_WAIT = 900.0
TICK, SHORTEST_PAUSE = 0.5, 0.5
# X met storms of wrong refusals (contract 1.7): one alone does not disconnect an account.
REFUSALS_BEFORE_RECONNECT = 3


@dataclass
class Collected:
    """What a poll brought: the channel's facts, whether all was read, how much the public wrote, seconds."""

    facts: dict[str, Any] = field(default_factory=lambda: {"warnings": []})
    finished: bool = True
    heard: int = 0
    took: float = 0.0


def record_success(lease: Lease, collected: Collected) -> None:
    """Note that the account works; what could not be read within the budget is fetched at once.

    The interval counts from the poll's beginning.
    """
    account = Account.objects.get(pk=lease.account_id)
    facts = collected.facts
    had_trouble = bool(account.problem_kind)
    is_urgent = has_urgent(account.pk)
    pace = choose_pace(account, facts, heard=collected.heard, is_urgent=is_urgent)
    given = leases.give_back(
        lease,
        after_seconds=pause_before_next(pace.seconds, collected, floor=slow_down(Pace(0), 0, facts).seconds),
        pace_seconds=pace.seconds,
        pace_reason=pace.reason,
        is_urgent=is_urgent,
        is_behind=not collected.finished,
        failures=0,
        failing_since=None,
        limited_until=None,
        problem_kind="",
        problem="",
        last_collected_at=timezone.now(),
        meter={**account.meter, **facts},
    )
    if given and had_trouble:
        live.announce("account", id=account.pk)


def pause_before_next(interval: float, collected: Collected, *, floor: float) -> float:
    """Return the seconds to the next poll, so that it begins within the account's interval.

    The tick that finds it comes twice a second, so it may be found half a second late. What is left over is
    read at once, as far as the channel's limits (`floor`) allow.
    """
    if not collected.finished:
        return max(0.0, floor - collected.took)
    return max(SHORTEST_PAUSE, interval - collected.took - TICK)


def record_failure(lease: Lease, error: ConnectorError) -> None:
    """Note what went wrong, in words, and when to try again; a withdrawn access stops the polling."""
    account = Account.objects.get(pk=lease.account_id)
    failures = account.failures + 1
    withdrawn = is_withdrawn(error, failures)
    facts: dict[str, Any] = {
        "failures": failures,
        "failing_since": account.failing_since or timezone.now(),
        "limited_until": error.until if isinstance(error, RateLimited) else None,
        "problem_kind": error.kind if not withdrawn else AuthRevoked.kind,
        "problem": error.sentence[:500],
    }
    if withdrawn:
        facts["state"] = AccountState.RECONNECT
    with transaction.atomic():
        if not leases.give_back(lease, after_seconds=wait_after(error, failures), **facts):
            return
        if withdrawn:
            record(actor=None, verb="account disconnected", subject=account, reason=error.sentence)
        live.announce("account", id=account.pk)


def is_withdrawn(error: ConnectorError, failures: int) -> bool:
    """Say whether a person must connect the account again."""
    return isinstance(error, AuthRevoked) or (
        isinstance(error, AuthExpired) and failures >= REFUSALS_BEFORE_RECONNECT
    )


def wait_after(error: ConnectorError, failures: int) -> float:
    """Return the seconds to the next try: the platform's own time, or 5 s doubling to 5 min with jitter."""
    if isinstance(error, RateLimited):
        return seconds_until(error.until)
    if isinstance(error, QuotaExhausted):
        return QUOTA_WAIT
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures - 1, 10))
    return longest * random.uniform(0.7, 1.0)  # noqa: S311 - spreads load, protects nothing


def seconds_until(moment: datetime) -> float:
    """Return how long until `moment`, at least one second, at most a day."""
    return min(86_400.0, max(1.0, (moment - timezone.now()).total_seconds()))
