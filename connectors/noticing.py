"""What a notice says, as a mail and as a signed web hook."""

import hashlib
import hmac
import json
import smtplib
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from connectors.faults import explain_network
from connectors.http import open_session
from connectors.secrets import SecretsUnreadable, unseal
from inbox.models import Notice, Team
from inbox.services.escalate import make_ack_token

MOST_BYTES = 100_000
# Seconds until the next try, doubled each time.
FIRST_WAIT, LONGEST_WAIT = 10, 300


class NoticeFailed(Exception):
    """The other side did not take it; the text says why, for people."""


def send_mail(notice: Notice) -> None:
    """Send the notice by the desk's own mail settings. Raises NoticeFailed."""
    escalation = notice.escalation
    number, urgency = escalation.conversation.number, escalation.conversation.get_urgency_display()
    subject = f"{reminder_word(notice)}Escalated to you: {number} ({urgency})"
    post_mail(escalation.team.email, subject, write_body(notice), f"notice.{notice.pk}")


def post_mail(address: str, subject: str, body: str, number: str) -> None:
    """Send a mail of the desk's own; `number` names it in its Message-ID. Raises NoticeFailed."""
    # The machine's own mail must not start an exchange with another machine (RFC 3834).
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": f"<dd.{number}@{desk_host()}>"}
    mail = EmailMessage(subject=subject, body=body, to=[address], headers=headers)
    try:
        mail.send()
    except (smtplib.SMTPException, OSError) as error:
        raise NoticeFailed(f"The mail was not taken: {type(error).__name__}.") from error


def find_next_try(attempts: int) -> datetime:
    """Return when to try again after so many attempts."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 10))
    return timezone.now() + timedelta(seconds=wait)


def write_body(notice: Notice) -> str:
    """Return the mail's text."""
    escalation = notice.escalation
    conversation = escalation.conversation
    lines = [
        f"{settings.FORCE_NAME} has escalated a conversation to {escalation.team.name}.",
        "",
        f"Number: {conversation.number}",
        f"Urgency: {conversation.get_urgency_display()}",
        f"From: {conversation.person}",
        "",
        "What we ask of you:",
        escalation.text,
        "",
        "The latest message from the public begins:",
        conversation.excerpt or "(no text)",
        "",
        "Please acknowledge it here, with your incident number or a reason. Until then you are reminded:",
        acknowledge_url(notice),
    ]
    return "\n".join(lines) + "\n"


def send_hook(notice: Notice) -> None:
    """Post the notice as signed JSON. Raises NoticeFailed unless the answer is a 2xx."""
    body = json.dumps(describe(notice), ensure_ascii=False).encode()
    post_signed(notice.escalation.team, body, str(notice.pk))


def post_signed(team: Team, body: bytes, number: str) -> None:
    """Post signed JSON to a team's web hook; `number` is ours, the same again when it is repeated.

    Raises NoticeFailed unless the answer is a 2xx.
    """
    host = (urlsplit(team.web_hook).hostname or "").lower()
    try:
        headers = sign(body, unseal(team.web_hook_secret).get("secret", ""))
        headers["X-Desk-Notice"] = number
        session = open_session({host}, most_bytes=MOST_BYTES)
        response = session.post(team.web_hook, data=body, headers=headers)
    except SecretsUnreadable as error:
        raise NoticeFailed(str(error)) from error
    except (requests.RequestException, OSError) as error:
        raise NoticeFailed(explain_network(error, writing=False, name=host).sentence) from None
    if not 200 <= response.status_code < 300:
        raise NoticeFailed(f"{host} answered with status {response.status_code}.")


def sign(body: bytes, secret: str, at: int | None = None) -> dict[str, str]:
    """Return the headers that prove who sent this body and when.

    `X-Desk-Signature` is `sha256=` and the hex HMAC-SHA256 of the timestamp, a full stop and the raw body.
    """
    stamp = str(at or int(time.time()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "X-Desk-Timestamp": stamp,
        "X-Desk-Signature": f"sha256={digest}",
    }


def describe(notice: Notice) -> dict[str, Any]:
    """Return the web hook's content."""
    escalation = notice.escalation
    conversation = escalation.conversation
    return {
        "event": "escalation.reminder" if is_reminder(notice) else "escalation.created",
        "escalation": escalation.pk,
        "conversation": conversation.number,
        "force": settings.FORCE_NAME,
        "team": escalation.team.name,
        "urgency": conversation.get_urgency_display().lower(),
        "from": str(conversation.person),
        "request": escalation.text,
        "excerpt": conversation.excerpt,
        "created_at": escalation.created_at.isoformat(),
        "acknowledge_url": acknowledge_url(notice),
    }


def is_reminder(notice: Notice) -> bool:
    """Say whether an earlier notice was taken already."""
    return Notice.objects.filter(escalation=notice.escalation, state="sent").exists()


def reminder_word(notice: Notice) -> str:
    """Return what stands before a reminder's subject."""
    return "Reminder: " if is_reminder(notice) else ""


def acknowledge_url(notice: Notice) -> str:
    """Return the page on which the other side acknowledges, by a signed link that expires."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/acknowledge/{make_ack_token(notice.escalation)}/"


def desk_host() -> str:
    """Return the desk's own host name."""
    return urlsplit(settings.PUBLIC_URL).hostname or "desk"
