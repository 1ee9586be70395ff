"""Web hooks: what a platform tells is kept raw first, then read; polling stays the truth.

Duplicates and disorder do no harm: the same bytes are one row, and items are unique by the channel's own ids.
"""

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connectors.access import open_access
from connectors.contract import Hooked, HookNews
from connectors.errors import ConnectorError
from connectors.models import Account, AccountState, HookPayload, HookState
from connectors.registry import find_connector
from inbox.incoming import Incoming, Unreadable
from inbox.models import Message
from inbox.services import ingest
from inbox.services.steps import Clock

# Meta batches up to a thousand changes (contract section 2.8).
MOST_BYTES = 4_000_000
LEASE = timedelta(seconds=120)
WAITS = (5, 30, 120, 600, 1_800)
TRIES_BEFORE_ITEM = 3
# What a hook told is in the messages' own sources by then; the copy is only for looking into faults.
KEPT = timedelta(days=7)
FORGET_AT_ONCE = 200
UNREADABLE = "A web hook told something that the desk could not read. Polling collects it all the same."
Item = Incoming | Unreadable
log = logging.getLogger(__name__)


def find_hooked(account: Account) -> Hooked | None:
    """Return the account's connector when its channel is enabled and has web hooks."""
    if account.channel not in settings.CHANNELS:
        return None
    connector = find_connector(account.channel)
    return connector if isinstance(connector, Hooked) else None


def keep_payload(account: Account, body: bytes) -> HookPayload:
    """Commit the bytes; those that came before are read once more instead of being kept twice."""
    digest, now = hashlib.sha256(body).digest(), timezone.now()
    with transaction.atomic():
        payload, created = HookPayload.objects.get_or_create(
            account=account,
            sha256=digest,
            defaults={"body": body, "received_at": now, "next_attempt_at": now},
        )
        if not created:
            HookPayload.objects.filter(pk=payload.pk).update(
                repeats=F("repeats") + 1, state=HookState.WAITING, next_attempt_at=now, attempts=0
            )
    return payload


def list_due(limit: int = 50) -> list[int]:
    """Return the ids of payloads that should be read now, oldest first."""
    due = HookPayload.objects.filter(state=HookState.WAITING, next_attempt_at__lte=Clock())
    ready = due.exclude(account__state=AccountState.PAUSED)
    return list(ready.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:limit])


def read_payload(payload_id: int) -> bool:
    """Read one payload and store what it tells. False when it is not due, or could not be read this time."""
    due = HookPayload.objects.filter(pk=payload_id, state=HookState.WAITING, next_attempt_at__lte=Clock())
    # Taking it moves the next try away: nobody else reads it meanwhile, and after a crash it comes again.
    if not due.update(next_attempt_at=timezone.now() + LEASE, attempts=F("attempts") + 1):
        return False
    payload = HookPayload.objects.select_related("account").get(pk=payload_id)
    try:
        news = ask_connector(payload)
        store_news(payload, news)
    except ConnectorError as error:
        postpone(payload, error.sentence)
        return False
    except Exception:
        log.exception("Web hook payload %s could not be read.", payload_id)
        postpone(payload, UNREADABLE)
        return False
    forget_old()
    return True


def ask_connector(payload: HookPayload) -> HookNews:
    """Let the channel read the bytes. Raises connectors.errors."""
    hooked = find_hooked(payload.account)
    if hooked is None:
        return HookNews(wake=True)
    return hooked.read_hook(open_access(payload.account), bytes(payload.body))


def store_news(payload: HookPayload, news: HookNews, state: HookState = HookState.DONE) -> None:
    """Store the items and settle the payload, both or neither; a wake makes the account due at once."""
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).get(pk=payload.account_id)
        if account.state == AccountState.PAUSED:
            return
        items = leave_out_unknown_deletions(account, news.items)
        if items:
            stored = ingest.store_page(account_id=account.pk, items=items)
            account.last_item_at = timezone.now()
            account.last_heard_at = timezone.now() if stored.heard else account.last_heard_at
        if news.wake:
            account.next_poll_at = timezone.now()
        account.save(update_fields=["next_poll_at", "last_item_at", "last_heard_at"])
        HookPayload.objects.filter(pk=payload.pk, attempts=payload.attempts).update(state=state, problem="")


def leave_out_unknown_deletions(account: Account, items: tuple[Item, ...]) -> list[Item]:
    """Return the items without news that something was deleted which the desk has never seen."""
    gone = {one.remote_id for one in items if isinstance(one, Incoming) and one.deleted}
    known = Message.objects.filter(account=account, remote_id__in=gone) if gone else Message.objects.none()
    unknown = gone - set(known.values_list("remote_id", flat=True))
    return [one for one in items if one.remote_id not in unknown]


def postpone(payload: HookPayload, sentence: str) -> None:
    """Try again later; what cannot be read three times running becomes a visible item with its source."""
    wait = timedelta(seconds=WAITS[min(payload.attempts, len(WAITS)) - 1])
    again = HookPayload.objects.filter(pk=payload.pk, attempts=payload.attempts)
    if not again.update(problem=sentence[:500], next_attempt_at=timezone.now() + wait):
        return
    if payload.attempts >= TRIES_BEFORE_ITEM:
        body = bytes(payload.body)
        name = f"hook:{hashlib.sha256(body).hexdigest()[:32]}"
        broken = Unreadable(remote_id=name, raw=body, problem=sentence, media_type="text/plain")
        store_news(payload, HookNews((broken,), wake=True), HookState.UNREADABLE)


def forget_old() -> int:
    """Delete copies of payloads that were read long ago; returns how many."""
    old = HookPayload.objects.filter(received_at__lt=timezone.now() - KEPT).exclude(state=HookState.WAITING)
    return HookPayload.objects.filter(
        pk__in=list(old.values_list("pk", flat=True)[:FORGET_AT_ONCE])
    ).delete()[0]
