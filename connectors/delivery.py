"""Send one reply: turned to `sending` and committed first, then the wire, then what became of it."""

import hashlib
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.utils import timezone

from connectors import errors
from connectors.access import open_access
from connectors.contract import AccountAccess, ChoosesIds, Outgoing, OutgoingFile, Receipt
from connectors.models import Account, AccountState
from connectors.registry import find_connector
from inbox.services import outbox
from inbox.services.outbox import LeasedFile, LeasedReply

# Longer than any connector's whole time budget for one sending.
LEASE_SECONDS = 120
# Tries of a reply that provably did not leave, and the seconds before the next one.
WAITS = (5, 15, 60, 180, 300)
# A limit that ends later than this is told to people instead of waited for in silence.
LONGEST_LIMIT = timedelta(minutes=15)
log = logging.getLogger(__name__)


def deliver_reply(reply_id: int) -> bool:
    """Send the reply if it is due. False when it is not, or another process has it."""
    # The lease commits before any byte leaves: after a crash the row says that it may have gone out.
    leased = outbox.lease_reply(reply_id, seconds=LEASE_SECONDS)
    if leased is None:
        return False
    account = Account.objects.get(pk=leased.account_id)
    if account.state != AccountState.ACTIVE:
        outbox.mark_failed(
            reply_id,
            fence=leased.fence,
            kind="account",
            sentence=f"{account.name} is not connected. Nothing was sent.",
        )
        return True
    try:
        receipt = send(account, leased)
    except errors.ConnectorError as error:
        settle(leased, error)
    except Exception:
        log.exception("Reply %s: the desk met a fault of its own while sending.", reply_id)
        outbox.mark_unknown(
            reply_id,
            fence=leased.fence,
            kind="defect",
            sentence="The desk met a fault of its own while sending.",
        )
    else:
        refused = {"refused": list(receipt.refused)} if receipt.refused else {}
        outbox.mark_sent(
            reply_id, fence=leased.fence, remote_id=receipt.remote_id, url=receipt.url, **refused
        )
    return True


def send(account: Account, leased: LeasedReply) -> Receipt:
    """Call the channel. Raises connectors.errors."""
    connector = find_connector(account.channel)
    access = open_access(account)
    outgoing = describe_outgoing(leased)
    if not outgoing.target:
        raise errors.NotPermitted("The message has no address to answer to.", code="target")
    if isinstance(connector, ChoosesIds) and not outgoing.chosen_id:
        outgoing = keep_choice(connector, access, outgoing, leased)
    return connector.send(access, outgoing)


def keep_choice(
    connector: ChoosesIds, access: AccountAccess, outgoing: Outgoing, leased: LeasedReply
) -> Outgoing:
    """Store the id that the reply will have on the channel, before anything leaves. Raises Transient."""
    chosen = connector.choose_id(access, outgoing)
    if chosen and not outbox.choose_id(leased.reply_id, leased.fence, chosen):
        raise errors.Transient("The reply was taken over by another process.", code="lease")
    return replace(outgoing, chosen_id=chosen)


def describe_outgoing(leased: LeasedReply) -> Outgoing:
    """Return the reply as connectors need it."""
    return Outgoing(
        reply_id=leased.reply_id,
        text=leased.text,
        visibility=leased.visibility,
        target=leased.target,
        subject=leased.subject,
        chosen_id=leased.chosen_id,
        in_reply_to=leased.in_reply_to,
        references=leased.references,
        thread_key=leased.thread_key,
        attempted_at=leased.attempted_at,
        files=tuple(describe_file(file) for file in leased.files),
    )


def describe_file(file: LeasedFile) -> OutgoingFile:
    """Return one of its files as connectors need it."""
    return OutgoingFile(
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        alternative=file.alternative,
        load=partial(load_file, file),
    )


def load_file(file: LeasedFile) -> bytes:
    """Return a file's bytes. Raises InvalidContent when they are gone or not those that were checked."""
    try:
        with default_storage.open(file.stored_as, "rb") as stored:
            content: bytes = stored.read()
    except OSError:
        content = b""
    if hashlib.sha256(content).digest() != file.sha256:
        raise errors.InvalidContent(
            f"The file {file.name} is not in the storage as it was added. Nothing was sent.", code="file"
        )
    return content


def settle(leased: LeasedReply, error: errors.ConnectorError) -> None:
    """Record a no: failed where it is certain, unknown where it is not, queued again only upon proof."""
    if not error.proves_unsent:
        outbox.mark_unknown(leased.reply_id, fence=leased.fence, kind=error.kind, sentence=error.sentence)
        return
    again = next_try(leased, error)
    if again is not None:
        outbox.put_back(
            leased.reply_id, fence=leased.fence, until=again, kind=error.kind, sentence=error.sentence
        )
        return
    outbox.mark_failed(leased.reply_id, fence=leased.fence, kind=error.kind, sentence=error.sentence)


def next_try(leased: LeasedReply, error: errors.ConnectorError) -> datetime | None:
    """Return when to try again by itself; None means that people must decide."""
    now = timezone.now()
    if leased.attempts > len(WAITS):
        return None
    if isinstance(error, errors.RateLimited):
        return error.until if error.until - now <= LONGEST_LIMIT else None
    if isinstance(error, errors.Transient | errors.AuthExpired):
        return now + timedelta(seconds=WAITS[leased.attempts - 1])
    return None


def look_for(access: AccountAccess, channel: str, leased: LeasedReply) -> Receipt | None:
    """Ask the channel whether the reply is there. Raises connectors.errors."""
    return find_connector(channel).find_sent(access, describe_outgoing(leased))
