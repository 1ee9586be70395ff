"""Which message made a conversation as urgent as it is."""

from collections.abc import Iterable
from typing import Any

from inbox.enums import Direction
from inbox.models import Message


def load_verdicts(conversation_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return, for each conversation, the verdict of the public's message that weighs most (one query)."""
    rows = Message.objects.filter(conversation__in=list(conversation_ids), direction=Direction.IN)
    ranked = rows.order_by("conversation", "-level", "-score", "-received_at", "-id")
    return dict(ranked.distinct("conversation").values_list("conversation_id", "verdict"))
