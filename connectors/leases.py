"""Who may poll an account right now: one conditional UPDATE by the database's clock, with a fence."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from connectors.models import Account

# Longer than a poll's whole time budget, so that a living poller keeps what it took.
LEASE_SECONDS = 50
# However many accounts have a backlog, no more than this many workers read on it.
BEHIND_AT_ONCE = 1

LEASEABLE = """
    state = 'active' AND next_poll_at <= clock_timestamp()
    AND (lease_until IS NULL OR lease_until < clock_timestamp())
    AND (limited_until IS NULL OR limited_until <= clock_timestamp())
"""


class LeaseLost(Exception):
    """Somebody else polls this account by now, or it was paused; nothing of this page was stored."""


@dataclass(frozen=True)
class Lease:
    """The right to poll one account until the lease runs out; `fence` tells it from later ones."""

    account_id: int
    fence: int


def list_due(limit: int = 200) -> list[int]:
    """Return the ids of accounts that could be leased now: where something urgent waits, then longest due.

    Those with a backlog are not among them, so that they never delay the others.
    """
    return select_ids(f"{LEASEABLE} AND NOT is_behind ORDER BY is_urgent DESC, next_poll_at", limit)


def list_behind() -> list[int]:
    """Return the ids of accounts whose backlog could be read on now: few at a time, each in its turn."""
    busy = len(select_ids("is_behind AND lease_until > clock_timestamp()", BEHIND_AT_ONCE))
    if busy >= BEHIND_AT_ONCE:
        return []
    return select_ids(f"{LEASEABLE} AND is_behind ORDER BY next_poll_at", BEHIND_AT_ONCE - busy)


def select_ids(condition: str, limit: int) -> list[int]:
    """Return the ids of accounts under one of this module's own conditions."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM connectors_account WHERE {condition} LIMIT %s", [limit])  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


def take_lease(account_id: int, owner: str) -> Lease | None:
    """Take the account when it is due and free; None means that somebody else has it or it is not due."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE connectors_account
            SET lease_owner = %s, lease_fence = lease_fence + 1,
                lease_until = clock_timestamp() + make_interval(secs => %s)
            WHERE id = (
                SELECT id FROM connectors_account WHERE id = %s AND {LEASEABLE} FOR UPDATE SKIP LOCKED
            )
            RETURNING lease_fence
            """,  # noqa: S608 - only the module's own constant is put in
            [owner[:80], LEASE_SECONDS, account_id],
        )
        row = cursor.fetchone()
    return Lease(account_id, row[0]) if row else None


def wake(account_id: int) -> bool:
    """Make the account due now; False while it is being polled, for what just came may be missed by that."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE connectors_account SET next_poll_at = LEAST(next_poll_at, clock_timestamp())
            WHERE id = %s AND (lease_until IS NULL OR lease_until < clock_timestamp())
            """,
            [account_id],
        )
        return bool(cursor.rowcount)


def lock_leased(lease: Lease) -> Account:
    """Lock the account's row inside the caller's transaction. Raises LeaseLost when the lease is not ours."""
    account: Account | None = (
        Account.objects.select_for_update(no_key=True)
        .filter(pk=lease.account_id, lease_fence=lease.fence, state="active")
        .extra(where=["lease_until > clock_timestamp()"])
        .first()
    )
    if account is None:
        raise LeaseLost
    return account


def give_back(lease: Lease, *, after_seconds: float, **facts: Any) -> bool:
    """End the lease, set `facts` and the next poll; False when the lease was not ours any more."""
    updated = Account.objects.filter(pk=lease.account_id, lease_fence=lease.fence).update(
        lease_until=None, lease_owner="", next_poll_at=moment_after(after_seconds), **facts
    )
    return updated == 1


def moment_after(seconds: float) -> datetime:
    """Return the database's time some seconds from now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() + make_interval(secs => %s)", [seconds])
        moment: datetime = cursor.fetchone()[0]
    return moment
