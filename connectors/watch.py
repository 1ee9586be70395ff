"""The watch: every few seconds each account's signs are read, kept on its row, and told to every screen.

What people read comes from the rows alone, so that a page costs no further question. The parts that are gone
themselves (a worker, the beat) cannot say so: their heartbeats are looked at when a page is drawn.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.services import record
from connectors import canaries
from connectors.health import HealthLine, describe_health
from connectors.models import Account, AccountState
from connectors.silence import say_silence, watch_silence
from inbox import live

FORGET_EVERY = timedelta(hours=1)
log = logging.getLogger(__name__)


def watch_accounts(now: datetime | None = None) -> int:
    """Look at every account; returns at how many something has changed that people are told of."""
    now = now or timezone.now()
    changed = 0
    for account in Account.objects.defer("secrets", "cursor", "config"):
        changed += attempt(watch_account, account, now)
    if now.minute == 0 and now.second < 30:
        canaries.forget_old(now)
    return changed


def attempt(look: Callable[[Account, datetime], bool], account: Account, now: datetime) -> bool:
    """Look at one account; what fails there does not keep the others from being looked at."""
    try:
        return look(account, now)
    except DatabaseError as error:
        log.warning("Account %s could not be looked at: %s", account.pk, type(error).__name__)
        return False


def watch_account(account: Account, now: datetime) -> bool:
    """Read one account's signs; True when its health is another one than screens were told."""
    account.signs = read_signs(account, now)
    line = describe_health(account, now)
    told = f"{line.word}{' loud' if line.is_loud else ''}"
    is_news = told != account.told
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(signs=account.signs, told=told)
        if is_news:
            if account.told:
                keep_in_trail(account, line, told)
            live.announce("account", id=account.pk)
    return is_news


def read_signs(account: Account, now: datetime) -> dict[str, object]:
    """Return what the row cannot tell by itself: checks that do not come back, and an unusual quiet."""
    signs: dict[str, object] = {}
    if account.state != AccountState.ACTIVE:
        watch_silence(account, now)
        return signs
    overdue = canaries.find_overdue(account, now)
    if overdue:
        signs["unheard_since"] = overdue.isoformat()
    latest = canaries.find_latest(account)
    if latest and latest.seen_at:
        signs |= {"checked_at": latest.seen_at.isoformat(), "check_seconds": round(latest.seconds or 0, 1)}
    silence = watch_silence(account, now)
    if silence:
        signs |= {"quiet_since": silence.since.isoformat(), "quiet": say_silence(silence, account)}
    return signs


def keep_in_trail(account: Account, line: HealthLine, told: str) -> None:
    """Keep the beginning and the end of what was told loudly."""
    if line.is_loud != account.told.endswith(" loud"):
        verb = "account.alarm" if line.is_loud else "account.alarm_over"
        record(actor=None, verb=verb, subject=account, said=line.sentence, word=told)
