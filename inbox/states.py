"""Which state may follow which, in plain tables. Services ask here; the database repeats the invariants."""

from inbox.enums import ConversationState, ReplyState

C, R = ConversationState, ReplyState

CONVERSATION: dict[ConversationState, frozenset[ConversationState]] = {
    C.OPEN: frozenset({C.WAITING, C.ESCALATED, C.RESOLVED}),
    C.WAITING: frozenset({C.OPEN, C.ESCALATED, C.RESOLVED}),
    C.ESCALATED: frozenset({C.OPEN, C.WAITING, C.RESOLVED}),
    C.RESOLVED: frozenset({C.OPEN}),
}

REPLY: dict[ReplyState, frozenset[ReplyState]] = {
    # UNKNOWN after a restore only: it may have gone out in the time that the backup does not know of.
    R.QUEUED: frozenset({R.SENDING, R.CANCELLED, R.FAILED, R.UNKNOWN}),
    # Back to QUEUED only from a live process that holds proof that nothing left (quality rule 4).
    R.SENDING: frozenset({R.SENT, R.FAILED, R.UNKNOWN, R.QUEUED}),
    R.UNKNOWN: frozenset({R.SENT, R.FAILED}),
    R.FAILED: frozenset({R.QUEUED}),
    R.SENT: frozenset(),
    R.CANCELLED: frozenset(),
}
