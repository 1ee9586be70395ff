"""Come to the desk and leave it."""

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from audit.services import record
from staff.models import Presence
from staff.permissions import can_see_inbox
from staff.services import set_presence


class SignInForm(AuthenticationForm):
    """Name and password; the answer to a wrong pair never says which of the two was wrong."""

    error_messages = {
        "invalid_login": (
            "That name and password do not belong together, or they were tried too often from here. "
            "Check both and try again, or ask an admin."
        ),
        "inactive": "That name and password do not belong together. Ask an admin.",
    }


@sensitive_post_parameters("password")
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, and open the page that was wanted."""
    onward = find_onward(request)
    if request.user.is_authenticated:
        return redirect(onward or find_home(request))
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        member = form.get_user()
        login(request, member)
        with transaction.atomic():
            record(actor=member, verb="signed in", subject=member)
            set_presence(actor=member, presence=Presence.AVAILABLE)
        return redirect(onward or find_home(request))
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/login.html", {"form": form, "next": onward}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave the desk; drafts and claims stay."""
    member = request.user
    if member.is_authenticated:
        with transaction.atomic():
            set_presence(actor=member, presence=Presence.AWAY)
            record(actor=member, verb="signed out", subject=member)
    logout(request)
    messages.success(request, "You are signed out. Your drafts are kept.")
    return redirect("login")


def find_onward(request: HttpRequest) -> str:
    """Return the page that was wanted, when it is one of this desk's."""
    onward = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure())
    return onward if safe and onward.startswith("/") else ""


def find_home(request: HttpRequest) -> str:
    """Return where this member starts: the inbox, or the accounts for those who do not read contacts."""
    return "queue" if can_see_inbox(request.user) else "accounts"
