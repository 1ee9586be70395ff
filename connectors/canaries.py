"""The canary: a check item that travels an account's whole path, so that a silent break is seen at once.

A channel that can write to itself for nothing (`connectors.contract.Checked`) sends one and finds it again
when it collects; on the others the next successful poll carries it. Either way it then passes through the
rows (a made-up message goes through the real ingest, which is undone) and ends as an event on the stream that
the screens read. It is stored as a measurement and never shown as a contact. See docs/decisions.
"""

import logging
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from connectors.access import open_access
from connectors.contract import Checked
from connectors.errors import ConnectorError
from connectors.models import Account, AccountState
from connectors.records import Canary
from connectors.registry import find_connector
from inbox import live
from inbox.enums import Visibility
from inbox.incoming import Author, Incoming
from inbox.models import Message
from inbox.services import ingest

# One that was not seen after this long is overdue: no intake.
OVERDUE = timedelta(seconds=90)
# The made-up message burns numbers of the rows it does not leave, so it goes less often than the rest.
ROWS_EVERY = timedelta(minutes=10)
KEPT_FOR = timedelta(days=7)
SLOWEST = 900
SALT = "connectors.canaries"
log = logging.getLogger(__name__)


def list_due(limit: int = 50) -> list[int]:
    """Return the ids of accounts that should be checked now."""
    if not settings.CANARY_SECONDS:
        return []
    due = Q(next_canary_at=None) | Q(next_canary_at__lte=timezone.now())
    accounts = Account.objects.filter(due, state=AccountState.ACTIVE, channel__in=settings.CHANNELS)
    return list(accounts.order_by("next_canary_at").values_list("pk", flat=True)[:limit])


def send_canary(account_id: int) -> bool:
    """Send a check item if it is time; False when it is not, or it could not leave."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None or not settings.CANARY_SECONDS:
        return False
    try:
        connector, access = find_connector(account.channel), open_access(account)
        checked = connector if isinstance(connector, Checked) else None
        if not take_turn(account, checked.canary_seconds(access) if checked else 0):
            return False
        canary = Canary.objects.create(account=account, sent_at=timezone.now())
        if checked:
            checked.send_canary(access, make_token(canary))
    except ConnectorError as error:
        # It stays as one that was never seen: after a while people are told.
        log.warning("The check item of account %s could not leave: %s", account_id, error.sentence)
        return False
    return True


def take_turn(account: Account, shortest: int) -> bool:
    """Set when the next one is due; False when another process was quicker or the account is not active."""
    interval = wait_longer(account, max(settings.CANARY_SECONDS, shortest))
    due = Q(next_canary_at=None) | Q(next_canary_at__lte=timezone.now())
    mine = Account.objects.filter(due, pk=account.pk, state=AccountState.ACTIVE)
    return bool(mine.update(next_canary_at=timezone.now() + timedelta(seconds=interval)))


def wait_longer(account: Account, interval: int) -> int:
    """Return the interval, doubled for each of the last ones that were lost: no flood into a full mailbox."""
    latest = Canary.objects.filter(account=account).order_by("-sent_at").values_list("seen_at", flat=True)[:5]
    lost = 0
    for seen in latest:
        if seen is not None:
            break
        lost += 1
    factor: int = 2 ** max(0, lost - 1)
    return min(max(SLOWEST, interval), interval * factor)


def make_token(canary: Canary) -> str:
    """Return the signed token by which the item is known again: nobody else can make one."""
    return Signer(salt=SALT).sign(f"{canary.account_id}-{canary.pk}")


def read_token(token: str, account_id: int) -> int | None:
    """Return the canary's number when the token is ours and this account's."""
    try:
        owner, _, number = Signer(salt=SALT).unsign(token).partition("-")
    except BadSignature:
        return None
    return int(number) if owner == str(account_id) and number.isascii() and number.isdigit() else None


def settle_canaries(account: Account, tokens: Collection[str] = (), now: datetime | None = None) -> int:
    """Take in what a finished poll proves: the items it found, or, where none is sent, the poll itself.

    Returns how many were seen for the first time.
    """
    waiting = Canary.objects.filter(account=account, seen_at=None)
    if isinstance(find_connector(account.channel), Checked):
        numbers = [read_token(token, account.pk) for token in tokens]
        waiting = waiting.filter(pk__in=[number for number in numbers if number is not None])
    found = list(waiting.order_by("sent_at"))
    is_proof_due = bool(found) and must_prove_rows(account)
    if not found or (is_proof_due and not pass_through_rows(account)):
        return 0
    seen = now or timezone.now()
    announced = live.publish("canary", {"account": account.pk})
    for canary in found:
        canary.seen_at, canary.announced, canary.through_rows = seen, announced, is_proof_due
        canary.seconds = (seen - canary.sent_at).total_seconds()
    Canary.objects.bulk_update(found, ["seen_at", "seconds", "announced", "through_rows"])
    return len(found)


def must_prove_rows(account: Account) -> bool:
    """Say whether neither a real message nor a made-up one became rows lately."""
    since = datetime.now(UTC) - ROWS_EVERY
    if account.last_heard_at and account.last_heard_at > since:
        return False
    return not Canary.objects.filter(account=account, through_rows=True, seen_at__gt=since).exists()


def pass_through_rows(account: Account) -> bool:
    """Take a made-up message through the real ingest and undo it; says whether its row was there."""
    item = make_item(datetime.now(UTC))
    try:
        with transaction.atomic():
            ingest.store_page(account_id=account.pk, items=(item,))
            is_stored = Message.objects.filter(account=account, remote_id=item.remote_id).exists()
            transaction.set_rollback(True)
    except Exception:
        log.exception("A made-up message could not be stored on account %s.", account.pk)
        return False
    return is_stored


def make_item(now: datetime) -> Incoming:
    """Return the made-up message."""
    name = f"canary:{now.timestamp()}"
    return Incoming(
        remote_id=name,
        thread_key=name,
        author=Author(key="canary", name="Digital Desk"),
        text="This checks that messages become rows. It is undone at once.",
        written_at=now,
        raw=name.encode(),
        visibility=Visibility.PRIVATE,
    )


def find_overdue(account: Account, now: datetime) -> datetime | None:
    """Return when the oldest check item left that has not come back in time, if the latest is not back."""
    since = Canary.objects.filter(account=account).exclude(seen_at=None).order_by("-sent_at").first()
    lost = Canary.objects.filter(account=account, seen_at=None, sent_at__gt=now - KEPT_FOR)
    if since is not None:
        lost = lost.filter(sent_at__gt=since.sent_at)
    oldest = lost.order_by("sent_at").values_list("sent_at", flat=True).first()
    return oldest if oldest is not None and now - oldest > OVERDUE else None


def find_latest(account: Account) -> Canary | None:
    """Return the newest check item that came back."""
    return Canary.objects.filter(account=account).exclude(seen_at=None).order_by("-sent_at").first()


def forget_lost(account: Account) -> None:
    """Forget what could not come back while the account was not connected; the next one counts again."""
    Canary.objects.filter(account=account, seen_at=None).delete()
    Account.objects.filter(pk=account.pk).update(next_canary_at=None, signs={})


def forget_old(now: datetime) -> int:
    """Delete measurements older than a week."""
    return Canary.objects.filter(sent_at__lt=now - KEPT_FOR).delete()[0]
