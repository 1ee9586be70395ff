"""The way to the platform's own sign-in page and back."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from connectors import consent
from connectors.consent import Begun, Wish
from connectors.models import Account
from inbox.errors import InboxError
from staff.guards import acting, only_for
from staff.permissions import can_manage_accounts

KEPT = "consent"


def begin(request: HttpRequest, wish: Wish) -> Begun | None:
    """Begin a consent where one is needed, and remember it in the admin's session. Raises InboxError."""
    begun = consent.begin(acting(request), wish, return_address())
    if begun is not None:
        request.session[KEPT] = begun.pending
    return begun


def return_address() -> str:
    """Return the address to which platforms send the admin back; it is registered with them."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("account-consent")


def show_way(request: HttpRequest, begun: Begun, wish: Wish) -> HttpResponse:
    """Show the step that is taken elsewhere, as a link: a form may not lead out of the desk."""
    context = {"address": begun.address, "account": wish.account, "return_address": return_address()}
    return render(request, "connectors/consent.html", context)


@require_GET
@only_for(can_manage_accounts)
def come_back(request: HttpRequest) -> HttpResponse:
    """Take what the platform's page sent back, once, and connect the account with it."""
    pending: dict[str, Any] | None = request.session.pop(KEPT, None)
    answer = {name: str(request.GET[name])[:10_000] for name in request.GET}
    try:
        account = consent.finish(acting(request), pending, answer)
    except (InboxError, Account.DoesNotExist) as problem:
        messages.error(request, getattr(problem, "sentence", consent.GONE))
        return redirect(back_to(pending))
    messages.success(request, f"{account.name} is connected. What is waiting there is being collected.")
    return redirect("account", account.pk)


def back_to(pending: dict[str, Any] | None) -> str:
    """Return the page on which it can be begun again."""
    if pending and pending["account"]:
        return reverse("account-connect", args=[pending["account"]])
    if pending:
        return reverse("account-add", args=[pending["channel"]])
    return reverse("accounts")
