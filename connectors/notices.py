"""Tell teams and outside bodies of escalations, and remind them until somebody acknowledges."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from connectors.noticing import NoticeFailed, find_next_try, send_hook, send_mail
from inbox import live
from inbox.enums import EscalationState, NoticeState, NoticeWay
from inbox.models import Notice

LEASE = timedelta(seconds=90)
log = logging.getLogger(__name__)


def due() -> QuerySet[Notice]:
    """Return the notices that should leave now, among them those whose sender was lost.

    A notice may arrive twice, never not at all.
    """
    now = timezone.now()
    return Notice.objects.filter(
        Q(state=NoticeState.QUEUED, due_at__lte=now) | Q(state=NoticeState.SENDING, lease_until__lte=now)
    )


def list_due(limit: int = 50) -> list[int]:
    """Return the ids of notices that should leave now."""
    return list(due().order_by("due_at").values_list("pk", flat=True)[:limit])


def send_notice(notice_id: int) -> bool:
    """Send one notice if it is due; True when the other side took it."""
    # Committed before the wire: one process sends it at a time.
    taken = (
        due()
        .filter(pk=notice_id)
        .update(state=NoticeState.SENDING, lease_until=timezone.now() + LEASE, attempts=F("attempts") + 1)
    )
    if not taken:
        return False
    notice = Notice.objects.select_related("escalation__team", "escalation__conversation").get(pk=notice_id)
    if notice.escalation.state != EscalationState.PENDING:
        notice.delete()
        return False
    send = send_mail if notice.way == NoticeWay.MAIL else send_hook
    try:
        send(notice)
    except NoticeFailed as error:
        postpone(notice, str(error))
        return False
    settle(notice)
    return True


def settle(notice: Notice) -> None:
    """Record that it was taken; the reminder that may follow is set by inbox.services.escalate."""
    with transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(
            state=NoticeState.SENT, sent_at=timezone.now(), lease_until=None, problem=""
        )
        live.announce("conversation", id=notice.escalation.conversation_id)


def postpone(notice: Notice, problem: str) -> None:
    """Try again later, for as long as nobody has acknowledged; people see the problem meanwhile."""
    Notice.objects.filter(pk=notice.pk).update(
        state=NoticeState.QUEUED,
        due_at=find_next_try(notice.attempts),
        lease_until=None,
        problem=problem[:300],
    )
    log.warning("Notice %s was not taken: %s", notice.pk, problem)
    live.announce("conversation", id=notice.escalation.conversation_id)
