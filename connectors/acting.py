"""Carry out an act on a message: hide, like, or take it back; it may be repeated, so nothing is in doubt."""

import logging

from connectors import errors
from connectors.access import open_access
from connectors.contract import Acting
from connectors.delivery import LONGEST_LIMIT, WAITS
from connectors.models import Account, AccountState
from connectors.outcomes import seconds_until
from connectors.registry import find_connector
from inbox.services import act
from inbox.services.act import LeasedAct

LEASE_SECONDS = 120
log = logging.getLogger(__name__)


def carry_out(act_id: int) -> bool:
    """Carry out the act if it is due. False when it is not, or another process has it."""
    leased = act.lease_act(act_id, seconds=LEASE_SECONDS)
    if leased is None:
        return False
    try:
        ask_channel(leased)
    except errors.ConnectorError as error:
        settle(leased, error)
    except Exception:
        log.exception("Act %s: the desk met a fault of its own.", act_id)
        sentence = "The desk met a fault of its own. It may have been done: look on the channel."
        act.mark_failed(act_id, fence=leased.fence, kind="defect", sentence=sentence)
    else:
        act.mark_done(act_id, fence=leased.fence)
    return True


def ask_channel(leased: LeasedAct) -> None:
    """Call the channel. Raises connectors.errors."""
    account = Account.objects.get(pk=leased.account_id)
    if account.state != AccountState.ACTIVE:
        raise errors.AuthRevoked(f"{account.name} is not connected. Nothing was done.", code="account")
    connector = find_connector(account.channel)
    if not isinstance(connector, Acting) or not leased.target:
        raise errors.NotPermitted("This channel does not offer that.", code="act")
    connector.act(open_access(account), leased.kind, leased.target, undo=leased.undo)


def settle(leased: LeasedAct, error: errors.ConnectorError) -> None:
    """Try again later where that can help, else say why not."""
    wait = next_wait(leased, error)
    if wait is None:
        act.mark_failed(leased.act_id, fence=leased.fence, kind=error.kind, sentence=error.sentence)
        return
    act.put_back(leased.act_id, fence=leased.fence, seconds=wait, kind=error.kind, sentence=error.sentence)


def next_wait(leased: LeasedAct, error: errors.ConnectorError) -> float | None:
    """Return the seconds to the next try; None means that people must decide."""
    if leased.attempts > len(WAITS):
        return None
    if isinstance(error, errors.RateLimited):
        seconds = seconds_until(error.until)
        return seconds if seconds <= LONGEST_LIMIT.total_seconds() else None
    # An unknown outcome is no danger here: the same act again leaves things as they are.
    if isinstance(error, errors.Transient | errors.AuthExpired | errors.UnknownOutcome):
        return float(WAITS[leased.attempts - 1])
    return None
