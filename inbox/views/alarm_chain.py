"""The page of the alarm chain: its steps, and whom it told lately."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from inbox.errors import InboxError
from inbox.models import AlarmCall, AlarmStep, Team
from inbox.services.alarm_chain import NewStep, add_step, remove_step
from staff.guards import acting, only_for
from staff.models import Member, Role
from staff.permissions import can_manage_teams

SHOWN = 50


@require_GET
@only_for(can_manage_teams)
def show_chain(request: HttpRequest) -> HttpResponse:
    """Show the steps in their order, and the latest calls with what came of them."""
    people = Member.objects.filter(is_active=True, role__in=[Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN])
    context = {
        "steps": AlarmStep.objects.filter(is_active=True).select_related("team", "member"),
        "calls": AlarmCall.objects.select_related("step__team", "step__member", "conversation")[:SHOWN],
        "teams": Team.objects.filter(is_active=True),
        "people": people,
    }
    return render(request, "inbox/alarm_chain.html", context)


@require_POST
@only_for(can_manage_teams)
def add(request: HttpRequest) -> HttpResponse:
    """Add a step."""
    kind, _, number = request.POST.get("who", "").partition("-")
    chosen = _read_number(number)
    new = NewStep(
        urgency=_read_number(request.POST.get("urgency", "")),
        after_seconds=_read_number(request.POST.get("after", "")),
        team_id=chosen if kind == "team" else None,
        member_id=chosen if kind == "member" else None,
        by_screen="screen" in request.POST,
        by_mail="mail" in request.POST,
        by_hook="hook" in request.POST,
    )
    try:
        add_step(actor=acting(request), new=new)
    except InboxError as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "The step is part of the chain now.")
    return redirect("alarm-chain")


@require_POST
@only_for(can_manage_teams)
def remove(request: HttpRequest, step_id: int) -> HttpResponse:
    """Take a step out."""
    get_object_or_404(AlarmStep, pk=step_id)
    remove_step(actor=acting(request), step_id=step_id)
    messages.success(request, "The step is taken out.")
    return redirect("alarm-chain")


def _read_number(given: str) -> int:
    """Return a number that was typed; minus one for anything else, which no service takes."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1
