"""After an outage: what was written meanwhile is marked late, counted, and said to people.

A gap is opened in the transaction that stores the first page after it, and closed by the poll that has read
everything. While it is open the account is polled in short turns behind the others (connectors.leases).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.services import record
from connectors.models import Account
from connectors.records import Gap
from connectors.wording import at, count_messages
from inbox import live
from inbox.enums import Direction
from inbox.incoming import Incoming, Unreadable

# An account that was not collected for longer than this (or four of its intervals) was cut off.
SHORTEST = timedelta(seconds=120)
# Platforms show an item some seconds after the moment that they write on it.
OVERLAP = timedelta(seconds=60)
# How long the strip tells everybody of what came late.
TOLD_FOR = timedelta(hours=1)
Item = Incoming | Unreadable


def find_gap(account: Account, now: datetime) -> Gap | None:
    """Return the account's open gap; opened when it was cut off until now. Needs the account's row locked."""
    gap = Gap.objects.filter(account=account, finished_at=None).first()
    last = account.last_collected_at
    if last is None or now - last <= longest_pause(account):
        return gap
    if gap is not None:
        # Cut off again before all was here: one gap, from the first moment to the last.
        Gap.objects.filter(pk=gap.pk).update(ended_at=now)
        gap.ended_at = now
        return gap
    gap = Gap.objects.create(account=account, began_at=last, ended_at=now)
    record(actor=None, verb="gap.noticed", subject=account, began=last.isoformat(), ended=now.isoformat())
    return gap


def is_open(account: Account) -> bool:
    """Say whether what was missed is still being collected."""
    return Gap.objects.filter(account=account, finished_at=None).exists()


def longest_pause(account: Account) -> timedelta:
    """Return how long an account may go without being collected before that is a gap."""
    pace = account.pace_seconds or account.poll_seconds
    return max(SHORTEST, timedelta(seconds=4 * pace))


def mark_late(items: Iterable[Item], gap: Gap | None) -> tuple[Item, ...]:
    """Return the items, those of the public that reached the channel within the gap marked as late."""
    if gap is None:
        return tuple(items)
    remark = f"Collected late: the desk was cut off from {say_span(gap)}."
    return tuple(
        replace(item, late=True, remarks=(*item.remarks, remark))
        if isinstance(item, Incoming) and is_late(item, gap)
        else item
        for item in items
    )


def is_late(item: Incoming, gap: Gap) -> bool:
    """Say whether the desk was cut off when the public's item reached the channel."""
    if item.direction != Direction.IN:
        return False
    reached = item.reached_at or item.written_at
    return gap.began_at - OVERLAP <= reached <= gap.ended_at


def count_late(gap: Gap | None, late: int) -> None:
    """Add what a page brought, in the transaction that stores it."""
    if gap is not None and late:
        Gap.objects.filter(pk=gap.pk).update(collected=F("collected") + late)


def finish_gap(account: Account) -> None:
    """Close the account's gap, if one is open: everything that was there has been read."""
    with transaction.atomic():
        gap = Gap.objects.select_for_update().filter(account=account, finished_at=None).first()
        if gap is None:
            return
        gap.finished_at = timezone.now()
        gap.save(update_fields=["finished_at"])
        record(
            actor=None,
            verb="gap.closed",
            subject=account,
            said=say_gap(gap),
            collected=gap.collected,
            began=gap.began_at.isoformat(),
            ended=gap.ended_at.isoformat(),
        )
        live.announce("account", id=account.pk)


def list_told(now: datetime | None = None) -> dict[int, Gap]:
    """Return, by account, the newest gap that people are told of: open, or closed within the last hour."""
    now = now or timezone.now()
    open_ones = Gap.objects.filter(finished_at=None)
    closed = Gap.objects.filter(finished_at__gt=now - TOLD_FOR, collected__gt=0)
    return {gap.account_id: gap for gap in (open_ones | closed).order_by("ended_at", "pk")}


def say_gap(gap: Gap) -> str:
    """Return the sentence: "412 messages from 14:05 to 15:10 collected late"."""
    if gap.finished_at is None:
        so_far = f"{count_messages(gap.collected)} so far" if gap.collected else "none yet"
        return f"Collecting what was written from {say_span(gap)}: {so_far}"
    return f"{count_messages(gap.collected)} from {say_span(gap)} collected late"


def say_span(gap: Gap) -> str:
    """Return the gap's two moments; the day is said once where it is the same."""
    began, ended = timezone.localtime(gap.began_at), timezone.localtime(gap.ended_at)
    if began.date() == ended.date():
        return f"{began:%H:%M} to {at(gap.ended_at)}"
    return f"{began:%H:%M on} {began.day} {began:%B} to {ended:%H:%M on} {ended.day} {ended:%B}"
