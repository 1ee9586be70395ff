"""Fetch the files that came as addresses, soon after the message, for such addresses do not live long."""

import hashlib
import logging
import uuid
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone

from connectors.access import open_access
from connectors.errors import ConnectorError, InvalidContent, ParentGone
from connectors.models import Account
from connectors.registry import find_connector
from inbox import live
from inbox.enums import AttachmentState
from inbox.models import Attachment

TRIES = 6
LEASE = timedelta(seconds=120)
log = logging.getLogger(__name__)


def list_due(limit: int = 50) -> list[int]:
    """Return the ids of attachments that should be fetched now."""
    due = Attachment.objects.filter(state=AttachmentState.WAITING, next_attempt_at__lte=timezone.now())
    return list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


def fetch_attachment(attachment_id: int) -> bool:
    """Fetch one file into the storage; True when it is here now."""
    waiting = Attachment.objects.filter(
        pk=attachment_id, state=AttachmentState.WAITING, next_attempt_at__lte=timezone.now()
    )
    # Taking it moves the next try away, so that nobody else fetches it meanwhile.
    if not waiting.update(next_attempt_at=timezone.now() + LEASE, attempts=F("attempts") + 1):
        return False
    attachment = Attachment.objects.get(pk=attachment_id)
    conversation_id, account_id = Attachment.objects.values_list(
        "message__conversation_id", "message__account_id"
    ).get(pk=attachment_id)
    account = Account.objects.get(pk=account_id)
    try:
        connector = find_connector(account.channel)
        content, media_type = connector.fetch_file(open_access(account), attachment.source)
    except (ParentGone, InvalidContent) as error:
        give_up(attachment, error.sentence)
    except ConnectorError as error:
        postpone(attachment, error.sentence)
    else:
        keep(attachment, content, media_type)
    live.announce("conversation", id=conversation_id)
    return attachment.state == AttachmentState.STORED


def keep(attachment: Attachment, content: bytes, media_type: str) -> None:
    """Write the file under a name of ours, then the row that points to it."""
    attachment.stored_as = default_storage.save(uuid.uuid4().hex, ContentFile(content))
    attachment.size, attachment.sha256 = len(content), hashlib.sha256(content).digest()
    attachment.media_type, attachment.state = media_type[:120], AttachmentState.STORED
    attachment.problem, attachment.next_attempt_at = "", None
    attachment.save()


def postpone(attachment: Attachment, sentence: str) -> None:
    """Try again later, up to six times in about half an hour."""
    if attachment.attempts >= TRIES:
        give_up(attachment, sentence)
        return
    attachment.problem = sentence[:300]
    attachment.next_attempt_at = timezone.now() + timedelta(seconds=30 * 2**attachment.attempts)
    attachment.save(update_fields=["problem", "next_attempt_at"])


def give_up(attachment: Attachment, sentence: str) -> None:
    """Say that the file will not come, and why."""
    attachment.state, attachment.problem = AttachmentState.REFUSED, sentence[:300]
    attachment.next_attempt_at = None
    attachment.save(update_fields=["state", "problem", "next_attempt_at"])
