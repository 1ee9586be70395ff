"""The compose box: send, keep what is typed, and deal with replies that stand on their way."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from inbox.errors import InboxError
from inbox.live import publish
from inbox.models import Reply
from inbox.services import draft, note, reply, settle
from inbox.services.reply import ReplyRequest
from inbox.views import adding
from inbox.views.actions import go_to, perform
from inbox.views.asking import load, read_number, read_text
from inbox.views.typed import give_back
from staff.guards import acting, only_for
from staff.permissions import can_work_inbox


@require_POST
@only_for(can_work_inbox)
def send_reply(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Send what was typed the way that was chosen; a refusal gives it all back with the reason."""
    load(request, conversation_id)
    way = request.POST.get("way", "")
    try:
        if way == "note":
            text = read_text(request, "text")
            note.add_note(actor=acting(request), conversation_id=conversation_id, text=text)
            draft.save_draft(actor=acting(request), conversation_id=conversation_id, text="", way="note")
        else:
            adding.keep_descriptions(request, conversation_id)
            chosen = adding.keep_chosen(request, conversation_id)
            asked = read_request(request, way, [*adding.read_files(request), *chosen])
            reply.reply(actor=acting(request), conversation_id=conversation_id, request=asked)
    except InboxError as refusal:
        return give_back(request, conversation_id, refusal)
    return go_to(request, conversation_id)


def read_request(request: HttpRequest, way: str, files: list[int]) -> ReplyRequest:
    """Return what is to be said and what was on the screen when it was said."""
    return ReplyRequest(
        text=read_text(request, "text"),
        visibility=way,
        key=request.POST.get("key", "")[:80] or uuid.uuid4().hex,
        seen_version=read_number(request, "seen_version"),
        fence=read_number(request, "fence"),
        files=tuple(dict.fromkeys(files)),
    )


@require_POST
@only_for(can_work_inbox)
def save_draft(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Keep what is typed; by button it leads back to the conversation, by script it says when it was kept."""
    load(request, conversation_id)
    text, way = read_text(request, "text"), request.POST.get("way", "public")
    try:
        adding.keep_descriptions(request, conversation_id)
        kept = draft.save_draft(actor=acting(request), conversation_id=conversation_id, text=text, way=way)
    except InboxError as refusal:
        if request.POST.get("quietly"):
            return JsonResponse({"sentence": refusal.sentence}, status=422)
        return give_back(request, conversation_id, refusal)
    if request.POST.get("quietly"):
        return JsonResponse({"kept_at": kept.updated_at.isoformat()})
    return go_to(request, conversation_id)


@require_POST
@only_for(can_work_inbox)
def tell_typing(request: HttpRequest) -> HttpResponse:
    """Tell the others that I am writing in a conversation; says who, never what."""
    conversation_id = read_number(request, "conversation")
    if conversation_id and can_work_inbox(request.user):
        publish("typing", {"id": conversation_id, "member": acting(request).pk, "name": acting(request).name})
    return HttpResponse(status=204)


@require_POST
@only_for(can_work_inbox)
def take_back(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Stop a reply before it leaves."""

    def deed() -> None:
        reply.take_back(actor=acting(request), reply_id=reply_id)

    return perform(request, find_home(reply_id), deed, "The reply was taken back. Its text is in your draft.")


@require_POST
@only_for(can_work_inbox)
def confirm_sent(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Say that a reply of unknown fate was found out there."""

    def deed() -> None:
        settle.confirm_sent(actor=acting(request), reply_id=reply_id, url=read_text(request, "url").strip())

    return perform(request, find_home(reply_id), deed, "It is written down as sent.")


@require_POST
@only_for(can_work_inbox)
def send_again(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Send a reply again that did not arrive."""

    def deed() -> None:
        settle.send_again(
            actor=acting(request), reply_id=reply_id, reason=read_text(request, "reason").strip()
        )

    return perform(request, find_home(reply_id), deed, "It goes out once more.")


def find_home(reply_id: int) -> int:
    """Return the conversation of a reply, or 404."""
    found = Reply.objects.filter(pk=reply_id).values_list("conversation_id", flat=True).first()
    if found is None:
        raise Http404
    return int(found)
