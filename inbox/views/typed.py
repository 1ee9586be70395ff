"""What was typed comes back with the reason when it did not leave."""

from django.http import HttpRequest, HttpResponse

from inbox.errors import InboxError, KeyReused
from inbox.presenters.page import Typed
from inbox.views.asking import load, read_text
from inbox.views.conversation import draw


def give_back(request: HttpRequest, conversation_id: int, refusal: InboxError) -> HttpResponse:
    """Show the conversation with everything that was typed and why it did not leave."""
    way = request.POST.get("way", "")
    typed = Typed(
        text=read_text(request, "text"),
        way=way if way in {"public", "private", "note"} else "",
        key="" if isinstance(refusal, KeyReused) else request.POST.get("key", "")[:80],
        problem=refusal.sentence,
        seen_last=request.POST.get("seen_last", "")[:40],
    )
    return draw(request, load(request, conversation_id), typed, refusal)
