"""The outbox: lease what is due, and record what became of it. Only conditional UPDATEs, counts looked at."""

from inbox.services.outbox.fates import (
    expire_leases,
    hold_everything_in_flight,
    mark_failed,
    mark_sent,
    mark_unknown,
    put_back,
)
from inbox.services.outbox.leasing import (
    LOOKS,
    LeasedFile,
    LeasedReply,
    choose_id,
    due_looks,
    due_replies,
    lease_look,
    lease_reply,
)

__all__ = [
    "LOOKS",
    "LeasedFile",
    "LeasedReply",
    "choose_id",
    "due_looks",
    "due_replies",
    "expire_leases",
    "hold_everything_in_flight",
    "lease_look",
    "lease_reply",
    "mark_failed",
    "mark_sent",
    "mark_unknown",
    "put_back",
]
