"""How soon an account is asked again: faster when busy, slower when quiet, never beyond its limits.

`poll_seconds` is the account's usual interval. A poll that brought something, or something urgent that waits,
halves it; each poll that brings nothing lengthens it by a quarter, up to twice the usual one (at most
`POLL_SLOWEST_SECONDS`, unless the usual one is longer). What the channel says of its limits is a floor under
that: the requests left are spread over the time until they are given anew, a fifth is kept for people.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from connectors.models import Account
from inbox.enums import ConversationState
from inbox.models import Conversation

BUSY, QUIET, LONGER = 0.5, 2.0, 1.25
SHORTEST = 1.0
KEPT_FOR_PEOPLE = 0.2
# Endpoints that nearly every poll asks decide the pace. Scarce ones cannot be asked by every poll, so the
# channels have a schedule of their own for them; should that fail, connectors.allowance stops them.
EVERY_POLL, SCARCE = 0.8, 100
LONGEST_FLOOR = 900.0


@dataclass(frozen=True)
class Pace:
    """Seconds between the beginnings of two polls, and the reason in words where it is not the usual one."""

    seconds: float
    reason: str = ""


def choose_pace(account: Account, facts: dict[str, Any], *, heard: int, is_urgent: bool) -> Pace:
    """Return the next interval. `facts` are those of `connectors.contract.Page.meter`."""
    usual = float(account.poll_seconds)
    wanted = Pace(usual)
    if heard or is_urgent:
        reason = "because something urgent waits" if is_urgent else "because it is busy"
        wanted = Pace(max(SHORTEST, usual * BUSY), reason)
    else:
        slowest = max(usual, min(usual * QUIET, float(settings.POLL_SLOWEST_SECONDS)))
        seconds = min(slowest, max(usual, (account.pace_seconds or usual) * LONGER))
        wanted = Pace(seconds, "because it is quiet" if seconds > usual else "")
    return slow_down(wanted, usual, facts)


def slow_down(wanted: Pace, usual: float, facts: dict[str, Any]) -> Pace:
    """Return the interval that the channel's limits and budget allow, if that is longer."""
    floors = [
        Pace(usual * read_number(facts, "slow_down"), "because most of what the channel allows is used"),
        Pace(read_number(facts, "wait_seconds"), str(facts.get("wait_reason") or "to stay in its budget")),
        Pace(spread_requests(facts), "so that its requests last until they are given anew"),
    ]
    longest = max(floors, key=lambda floor: floor.seconds)
    if longest.seconds <= max(wanted.seconds, usual if longest is floors[0] else 0):
        return wanted
    return Pace(min(longest.seconds, LONGEST_FLOOR), longest.reason)


def spread_requests(facts: dict[str, Any]) -> float:
    """Return the shortest interval at which the requests left last until they are given anew."""
    floor = 0.0
    for one in (facts.get("allowances") or {}).values():
        if one.get("used", 0) < EVERY_POLL or one["limit"] < SCARCE:
            continue
        spare = one["left"] - one["limit"] * KEPT_FOR_PEOPLE
        seconds = one["seconds"] if spare < one["used"] else one["used"] * one["seconds"] / spare
        floor = max(floor, seconds)
    return floor


def read_number(facts: dict[str, Any], name: str) -> float:
    """Return a fact as a number, 0 when it is none."""
    value = facts.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def has_urgent(account_id: int) -> bool:
    """Say whether something critical or urgent waits on the account."""
    waiting = Conversation.objects.filter(account_id=account_id, state=ConversationState.OPEN, band__lt=3)
    return waiting.exists()
