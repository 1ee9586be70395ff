"""Send the alarms of the chain by mail and signed web hook, for as long as nobody has claimed."""

import json
import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from connectors.noticing import NoticeFailed, find_next_try, post_mail, post_signed
from inbox.enums import AlarmWay, ConversationState, NoticeState
from inbox.models import AlarmCall

LEASE = timedelta(seconds=90)
log = logging.getLogger(__name__)


def due() -> QuerySet[AlarmCall]:
    """Return the alarms that should leave now, among them those whose sender was lost."""
    now = timezone.now()
    free = Q(state=NoticeState.QUEUED, due_at__lte=now) | Q(state=NoticeState.SENDING, lease_until__lte=now)
    return AlarmCall.objects.filter(free, way__in=(AlarmWay.MAIL, AlarmWay.WEB_HOOK))


def list_due(limit: int = 50) -> list[int]:
    """Return the ids of alarms that should leave now."""
    return list(due().order_by("due_at").values_list("pk", flat=True)[:limit])


def send_alarm(call_id: int) -> bool:
    """Send one alarm if it is due and still true; True when the other side took it."""
    taken = due().filter(pk=call_id)
    lease = timezone.now() + LEASE
    if not taken.update(state=NoticeState.SENDING, lease_until=lease, attempts=F("attempts") + 1):
        return False
    rows = AlarmCall.objects.select_related("step__team", "conversation__person")
    call = rows.get(pk=call_id)
    if is_over(call):
        _settle(call, NoticeState.FAILED, "Somebody took the conversation before this left.")
        return False
    try:
        (_send_mail if call.way == AlarmWay.MAIL else _send_hook)(call)
    except NoticeFailed as error:
        _postpone(call, str(error))
        return False
    _settle(call, NoticeState.SENT, "")
    return True


def is_over(call: AlarmCall) -> bool:
    """Say whether somebody has it by now, or that wait has ended."""
    thread = call.conversation
    held = thread.held_until is not None and thread.held_until > timezone.now()
    return held or thread.state != ConversationState.OPEN or thread.waiting_since != call.since


def _send_mail(call: AlarmCall) -> None:
    thread = call.conversation
    minutes = max(1, int((timezone.now() - call.since).total_seconds() // 60))
    link = settings.PUBLIC_URL.rstrip("/") + reverse("conversation", args=[thread.pk])
    lines = [
        f"Nobody has taken {thread.number} for {minutes} min. Its urgency is {thread.get_urgency_display()}.",
        "",
        f"From: {thread.person}",
        "The latest message from the public begins:",
        thread.excerpt or "(no text)",
        "",
        f"Open it here: {link}",
    ]
    subject = f"Nobody has taken {thread.number} ({thread.get_urgency_display()})"
    post_mail(call.address, subject, "\n".join(lines) + "\n", f"alarm.{call.pk}")


def _send_hook(call: AlarmCall) -> None:
    team = call.step.team
    if team is None:
        raise NoticeFailed("The step has no team any more.")
    body = json.dumps(describe(call), ensure_ascii=False).encode()
    post_signed(team, body, f"alarm-{call.pk}")


def describe(call: AlarmCall) -> dict[str, Any]:
    """Return the web hook's content."""
    thread = call.conversation
    return {
        "event": "conversation.unclaimed",
        "alarm": call.pk,
        "conversation": thread.number,
        "force": settings.FORCE_NAME,
        "urgency": thread.get_urgency_display().lower(),
        "unjudged": thread.unjudged,
        "waiting_since": call.since.isoformat(),
        "after_seconds": call.step.after_seconds,
        "tags": thread.tags,
        "excerpt": thread.excerpt,
        "url": settings.PUBLIC_URL.rstrip("/") + reverse("conversation", args=[thread.pk]),
    }


def _settle(call: AlarmCall, state: NoticeState, problem: str) -> None:
    sent = timezone.now() if state == NoticeState.SENT else None
    AlarmCall.objects.filter(pk=call.pk).update(state=state, sent_at=sent, lease_until=None, problem=problem)


def _postpone(call: AlarmCall, problem: str) -> None:
    AlarmCall.objects.filter(pk=call.pk).update(
        state=NoticeState.QUEUED,
        due_at=find_next_try(call.attempts),
        lease_until=None,
        problem=problem[:300],
    )
    log.warning("Alarm %s was not taken: %s", call.pk, problem)
