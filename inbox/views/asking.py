"""What every view of the console asks first: may they see it, what list do they come from, is it a piece?"""

from typing import Any

from django.http import Http404, HttpRequest

from inbox.enums import Urgency
from inbox.models import Conversation
from inbox.queries.conversation import load_conversation
from inbox.queries.queue import TABS, QueueFilter
from staff.guards import acting

FIELDS = ("tab", "channel", "account", "urgency", "tag", "q")


def load(request: HttpRequest, conversation_id: int) -> Conversation:
    """Return the conversation, or 404 when it is not there or may not be seen."""
    try:
        return load_conversation(acting(request), conversation_id)
    except Conversation.DoesNotExist:
        raise Http404 from None


def wants_piece(request: HttpRequest) -> bool:
    """Say whether only a piece of the page is asked for (a restored page of the history is a whole one)."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def read_filter(request: HttpRequest) -> QueueFilter:
    """Return the list's filter from the address; what makes no sense does not narrow."""
    asked = request.GET
    urgency = {level.name.lower(): level.value for level in Urgency}.get(asked.get("urgency", "").lower())
    tab = asked.get("tab", "queue")
    return QueueFilter(
        tab=tab if tab in TABS else "queue",
        channel=asked.get("channel", "")[:20],
        account=parse_number(asked.get("account", "")),
        urgency=urgency,
        tag=asked.get("tag", "")[:60],
        q=asked.get("q", "")[:200],
    )


def carry_filter(request: HttpRequest, **changes: str) -> str:
    """Return the list's filter as the end of an address, with changes; empty when there is none."""
    query = request.GET.copy()
    for name in list(query):
        if name not in FIELDS:
            del query[name]
    for name, value in changes.items():
        query[name] = value
    for name in [name for name in query if not query[name]]:
        del query[name]
    return f"?{query.urlencode()}" if query else ""


def read_text(request: HttpRequest, name: str) -> str:
    """Return a posted text as it was typed, without its carriage returns."""
    return request.POST.get(name, "").replace("\r\n", "\n")


def read_number(request: HttpRequest, name: str) -> int | None:
    """Return a posted whole number that fits a row's id, or None."""
    return parse_number(request.POST.get(name, ""))


def parse_number(word: str) -> int | None:
    """Return a whole number that fits a row's id, or None (`²` is a digit too, but no number)."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else None
