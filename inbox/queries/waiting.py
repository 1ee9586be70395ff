"""Since when somebody has been waiting for the desk."""

from datetime import datetime

from inbox.enums import Direction
from inbox.models import Conversation


def find_waiting_since(conversation: Conversation) -> datetime | None:
    """Return when the oldest message arrived that is newer than our last word; None when all are answered."""
    spoken = conversation.messages.exclude(direction=Direction.IN).order_by("-received_at")
    last = spoken.values_list("received_at", flat=True).first()
    asked = conversation.messages.filter(direction=Direction.IN, automatic=False, deleted_at=None)
    if last is not None:
        asked = asked.filter(received_at__gt=last)
    moment: datetime | None = asked.order_by("received_at").values_list("received_at", flat=True).first()
    return moment
