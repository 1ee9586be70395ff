"""Look for replies whose fate is unknown; what is found is sent, what is not found proves nothing."""

import logging

from connectors.access import open_access
from connectors.delivery import look_for
from connectors.errors import ConnectorError
from connectors.models import Account
from inbox.models import Reply
from inbox.services import outbox

log = logging.getLogger(__name__)


def look_for_reply(reply_id: int) -> bool:
    """Take a due look at the reply; True when it was found and recorded as sent.

    The looks come after 0, 15, 60, 300 and 900 seconds; after the last one only people decide.
    """
    leased = outbox.lease_look(reply_id)
    if leased is None:
        return False
    account = Account.objects.get(pk=leased.account_id)
    try:
        receipt = look_for(open_access(account), account.channel, leased)
    except ConnectorError as error:
        log.warning("Reply %s could not be looked for: %s", reply_id, error.sentence)
        return False
    if receipt is None or is_another_reply(account, receipt.remote_id, reply_id):
        return False
    return outbox.mark_sent(reply_id, fence=None, remote_id=receipt.remote_id, url=receipt.url, found=True)


def is_another_reply(account: Account, remote_id: str, reply_id: int) -> bool:
    """Say whether what was found is known to be another reply of ours with the same words."""
    others = Reply.objects.filter(conversation__account=account, remote_id=remote_id).exclude(pk=reply_id)
    return others.exists()
