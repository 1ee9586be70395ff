"""What is done to a claim with one press: each view calls one service and says what happened."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from inbox.errors import BadInput, InboxError
from inbox.services import alarm, claim
from inbox.views.asking import carry_filter, load, parse_number, read_number, read_text
from inbox.views.conversation import draw
from staff.guards import acting, only_for
from staff.models import Member
from staff.permissions import can_work_inbox


def perform(
    request: HttpRequest, conversation_id: int, deed: Callable[[], object], said: str, dialog: str = ""
) -> HttpResponse:
    """Do it and go back to the conversation; a refusal shows the conversation with the reason instead."""
    load(request, conversation_id)
    try:
        deed()
    except InboxError as refusal:
        return draw(request, load(request, conversation_id), refusal=refusal, dialog=dialog)
    if said:
        messages.success(request, said)
    return go_to(request, conversation_id)


def go_to(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Return the way back to the conversation, in the list that it was opened from."""
    answer = HttpResponseRedirect(reverse("conversation", args=[conversation_id]) + carry_filter(request))
    answer.status_code = 303
    return answer


@require_POST
@only_for(can_work_inbox)
def claim_it(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Hold the conversation."""

    def deed() -> None:
        claim.claim(actor=acting(request), conversation_id=conversation_id)

    return perform(request, conversation_id, deed, "")


@require_POST
@only_for(can_work_inbox)
def release_it(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Let go of it."""

    def deed() -> None:
        claim.release(actor=acting(request), conversation_id=conversation_id)

    return perform(request, conversation_id, deed, "You let go of it. It is back in front of everybody.")


@require_POST
@only_for(can_work_inbox)
def take_over(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Hold it in somebody else's place."""

    def deed() -> None:
        reason = read_text(request, "reason")
        claim.take_over(actor=acting(request), conversation_id=conversation_id, reason=reason)

    return perform(request, conversation_id, deed, "You hold this conversation now.", "take-over")


@require_POST
@only_for(can_work_inbox)
def assign_it(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Give it to a colleague."""

    def deed() -> None:
        to = Member.objects.filter(pk=read_number(request, "to") or 0, is_active=True).first()
        if to is None:
            raise BadInput("Choose a colleague. Nothing was changed.", field="to")
        claim.assign(actor=acting(request), conversation_id=conversation_id, to=to)

    return perform(request, conversation_id, deed, "Your colleague holds it now.", "assign")


@require_POST
@only_for(can_work_inbox)
def extend_it(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Go on holding it while it stands open on my screen (the page asks by itself)."""
    load(request, conversation_id)
    fence = read_number(request, "fence")
    try:
        held = claim.extend(actor=acting(request), conversation_id=conversation_id, fence=fence or 0)
    except InboxError as refusal:
        return JsonResponse({"sentence": refusal.sentence}, status=409)
    return JsonResponse({"held_until": held.held_until.isoformat(), "fence": held.fence})


@require_POST
@only_for(can_work_inbox)
def hear_alarms(request: HttpRequest) -> HttpResponse:
    """Note that somebody heard the alarm; it stops on every screen."""
    named = (parse_number(part) for part in request.POST.get("ids", "").split(","))
    ids = [number for number in named if number is not None]
    try:
        heard = alarm.hear_alarm(actor=acting(request), conversation_ids=ids[:100])
    except InboxError as refusal:
        return JsonResponse({"sentence": refusal.sentence}, status=403)
    return JsonResponse({"heard": heard})
