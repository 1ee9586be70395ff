"""What a member sets for themselves: presence and colours."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from staff import services
from staff.guards import acting
from staff.services import StaffError

YEAR = 365 * 86_400


@require_POST
def set_presence(request: HttpRequest) -> HttpResponse:
    """Say where I am; without a word of it (the page's heartbeat) only that I am here."""
    wanted = request.POST.get("presence", "")
    if not wanted:
        services.note_seen(actor=acting(request))
        return HttpResponse(status=204)
    try:
        services.set_presence(actor=acting(request), presence=wanted)
    except StaffError as refusal:
        messages.error(request, str(refusal))
    return redirect(find_way_back(request))


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the wanted colours in a cookie; an empty wish follows the machine."""
    response = redirect(find_way_back(request))
    wanted = request.POST.get("theme", "")
    if wanted in {"light", "dark"}:
        response.set_cookie("theme", wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme")
    return response


def find_way_back(request: HttpRequest) -> str:
    """Return the page that the form stood on, when it is one of this desk's."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if safe and back.startswith("/") else "/"
