"""The supervisors' shift board, and what they do from it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from inbox import live
from inbox.charts import draw_hours
from inbox.errors import InboxError
from inbox.models import Conversation
from inbox.queries.shift import load_board
from inbox.services import claim
from staff import services as staff
from staff.guards import acting, only_for
from staff.models import Announcement, Member, Role
from staff.permissions import can_run_shift, can_work_inbox


@require_GET
@only_for(can_run_shift)
def show_board(request: HttpRequest) -> HttpResponse:
    """Show the board; asked for as a fragment, only its body."""
    board = load_board(timezone.now())
    seated = [seat.member for seat in board.seats if seat.member.role == Role.OPERATOR]
    context = {
        "board": board,
        "chart": draw_hours(board.hours),
        "freest": seated[-1] if seated else None,
        "members": Member.objects.filter(is_active=True, role__in=[Role.OPERATOR, Role.SUPERVISOR]),
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "inbox/shift_body.html" if fragment else "inbox/shift.html", context)


@require_POST
@only_for(can_run_shift)
def assign(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Give a conversation to a member, from the board."""
    get_object_or_404(Conversation, pk=conversation_id)
    number = request.POST.get("to", "")
    to = Member.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None
    if to is None:
        messages.error(request, "Choose somebody to give it to. Nothing was changed.")
        return redirect("shift")
    try:
        claim.assign(actor=acting(request), conversation_id=conversation_id, to=to)
    except InboxError as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, f"{to.name} holds it now.")
    return redirect("shift")


@require_POST
@only_for(can_run_shift)
def announce(request: HttpRequest) -> HttpResponse:
    """Tell everybody on the desk something."""
    try:
        staff.announce(actor=acting(request), text=request.POST.get("text", ""))
    except staff.StaffError as problem:
        messages.error(request, str(problem))
    else:
        live.announce("announcement")
        messages.success(request, "Everybody on the desk sees it now.")
    return redirect("shift")


@require_POST
@only_for(can_run_shift)
def end_announcement(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """Take an announcement down."""
    get_object_or_404(Announcement, pk=announcement_id)
    staff.end_announcement(actor=acting(request), announcement_id=announcement_id)
    live.announce("announcement")
    return redirect("shift")


@require_POST
@only_for(can_work_inbox)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Leave a note for the next shift."""
    try:
        staff.hand_over(actor=acting(request), text=request.POST.get("text", ""))
    except staff.StaffError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The note is kept for the next shift.")
    return redirect("shift")
