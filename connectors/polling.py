"""One poll of one account: lease, fetch, and each page stored with its cursor in one transaction."""

import hashlib
import logging
import os
import socket
import time
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from connectors import backfill, leases, outcomes
from connectors.access import open_access
from connectors.allowance import keep_ledger
from connectors.canaries import settle_canaries
from connectors.changing import refresh_abilities
from connectors.contract import AccountAccess, Page
from connectors.errors import ConnectorError
from connectors.faults import BrokenAnswer
from connectors.leases import Lease, LeaseLost
from connectors.models import Account
from connectors.outcomes import Collected
from connectors.registry import find_connector
from inbox.incoming import Unreadable
from inbox.services import ingest

# A poll stops between pages after this long; what is left comes with the next one, at once. An account that
# is behind takes shorter turns, so that the others come to theirs.
BUDGET_SECONDS, TURN_SECONDS = 40, 8
BROKEN_BEFORE_ITEM = 3
log = logging.getLogger(__name__)


def poll_account(account_id: int) -> bool:
    """Fetch what is new on one account and store it. False when it was not due or somebody else has it."""
    lease = leases.take_lease(account_id, f"{socket.gethostname()}:{os.getpid()}")
    if lease is None:
        return False
    started = time.monotonic()
    try:
        collected = collect(lease)
    except LeaseLost:
        log.warning("The lease of account %s ran out while it was polled; nothing was stored.", account_id)
    except BrokenAnswer as error:
        set_aside(lease, error)
        outcomes.record_failure(lease, error)
    except ConnectorError as error:
        outcomes.record_failure(lease, error)
    except Exception:
        log.exception("Account %s could not be polled.", account_id)
        outcomes.record_failure(lease, ConnectorError("The desk met a fault of its own.", code="defect"))
    else:
        collected.took = time.monotonic() - started
        outcomes.record_success(lease, collected)
    return True


def collect(lease: Lease) -> Collected:
    """Store every page, as far as the time allows, and say what came of it."""
    account = Account.objects.get(pk=lease.account_id)
    access = open_access(account)
    refresh_abilities(account)
    collected = Collected()
    facts = collected.facts
    canaries: list[str] = []
    with keep_ledger(account.meter.get("allowances")) as ledger:
        pages = fetch_pages(account, access)
        end = time.monotonic() + (TURN_SECONDS if account.is_behind else BUDGET_SECONDS)
        for page in pages:
            collected.heard += store_page(lease, page)
            facts["warnings"] += page.warnings
            facts.update(page.meter)
            canaries += page.canaries
            if not account.is_behind and backfill.is_open(account):
                account.is_behind, end = True, time.monotonic() + TURN_SECONDS
            if time.monotonic() > end:
                collected.finished = next(pages, None) is None
                break
        facts["allowances"] = ledger.sum_up()
    if collected.finished:
        backfill.finish_gap(account)
    settle_canaries(account, canaries)
    return collected


def fetch_pages(account: Account, access: AccountAccess) -> Iterator[Page]:
    """Ask the channel for what is new since the stored cursor."""
    return iter(find_connector(account.channel).fetch(access, dict(account.cursor)))


def store_page(lease: Lease, page: Page) -> int:
    """Store one page and advance the cursor, both or neither (quality rule 2). Raises LeaseLost.

    Returns how many new messages of the public it brought.
    """
    heard = 0
    with transaction.atomic():
        account = leases.lock_leased(lease)
        now = timezone.now()
        gap = backfill.find_gap(account, now)
        if page.items:
            stored = ingest.store_page(account_id=account.pk, items=backfill.mark_late(page.items, gap))
            backfill.count_late(gap, stored.late)
            heard = stored.heard
            account.last_item_at = timezone.now()
            account.last_heard_at = timezone.now() if heard else account.last_heard_at
        account.cursor = page.cursor
        account.last_collected_at = timezone.now()
        account.save(update_fields=["cursor", "last_item_at", "last_heard_at", "last_collected_at"])
    return heard


def set_aside(lease: Lease, error: BrokenAnswer) -> None:
    """Make an answer that made no sense three times running a visible item; the cursor stays where it was.

    Before that it is tried again, for a cut-off answer is mostly whole a moment later; after that no further
    item is made until the account has worked again.
    """
    if Account.objects.values_list("failures", flat=True).get(pk=lease.account_id) != BROKEN_BEFORE_ITEM - 1:
        return
    name = f"answer:{hashlib.sha256(error.raw).hexdigest()[:32]}"
    broken = Unreadable(remote_id=name, raw=error.raw, problem=error.sentence, media_type="text/plain")
    try:
        with transaction.atomic():
            account = leases.lock_leased(lease)
            ingest.store_page(account_id=account.pk, items=(broken,))
    except LeaseLost:
        log.warning("The lease of account %s ran out; its unreadable answer was not kept.", lease.account_id)
