"""The pages about accounts: how each is, in words, and the guided ways to add, test, pause and re-connect."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from connectors import hooks, services
from connectors.access import open_access
from connectors.backfill import list_told, say_gap
from connectors.changing import change_settings as save_settings
from connectors.changing import list_free
from connectors.consent import Wish
from connectors.errors import ConnectorError
from connectors.facts import list_facts, list_gaps, tell_behind
from connectors.forms import AccountForm
from connectors.health import HealthLine, describe_health
from connectors.machinery import describe_standstill
from connectors.models import Account
from connectors.registry import find_connector, list_connectors
from connectors.views import consent
from inbox.errors import InboxError
from staff.guards import acting, only_for
from staff.permissions import can_manage_accounts, can_see_accounts


@dataclass(frozen=True)
class Row:
    """One account with how it is, what is behind, and what came late."""

    account: Account
    health: HealthLine
    behind: str
    late: str


@require_GET
@only_for(can_see_accounts)
def list_accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts with their health in words."""
    now = timezone.now()
    gaps = {account: say_gap(gap) for account, gap in list_told(now).items()}
    rows = [
        Row(one, describe_health(one, now), tell_behind(one, now), gaps.get(one.pk, ""))
        for one in Account.objects.defer("secrets", "cursor")
    ]
    channels = [(connector.word, connector.setup().title) for connector in list_connectors()]
    context = {
        "rows": rows,
        "channels": channels,
        "may_manage": can_manage_accounts(request.user),
        "standstill": describe_standstill(now),
    }
    return render(request, "connectors/accounts.html", context)


@require_GET
@only_for(can_see_accounts)
def show_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show one account: health, what its channel allows, its meter; never its secrets."""
    account = get_object_or_404(Account.objects.defer("secrets", "cursor"), pk=account_id)
    context = {
        "account": account,
        "health": describe_health(account),
        "abilities": account.capabilities,
        "facts": list_facts(account),
        "gaps": list_gaps(account),
        "watch": account.silence_seconds,
        "warnings": account.meter.get("warnings") or [],
        "may_manage": can_manage_accounts(request.user),
    }
    if context["may_manage"]:
        context |= describe_hook(account_id) | describe_settings(account)
    return render(request, "connectors/account.html", context)


def describe_settings(account: Account) -> dict[str, Any]:
    """Return the form of what can be changed at any time; nothing where the channel has none."""
    free = list_free(account.channel) if account.channel in settings.CHANNELS else None
    if free is None or not free.fields:
        return {}
    return {"settings_form": AccountForm(setup=free, known=account.config)}


def describe_hook(account_id: int) -> dict[str, Any]:
    """Return where the channel may tell us of news, and what to enter there; nothing without web hooks."""
    account = get_object_or_404(Account, pk=account_id)
    hooked = hooks.find_hooked(account)
    try:
        steps = hooked.describe_hook(open_access(account)) if hooked else ()
    except ConnectorError as error:
        steps = (error.sentence,)
    told = account.hook_payloads.order_by("-received_at").values_list("received_at", flat=True).first()
    address = settings.PUBLIC_URL.rstrip("/") + reverse("hook", args=[account.hook_token])
    return {"hook_steps": steps, "hook_address": address, "hook_last": told}


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@only_for(can_manage_accounts)
def add_account(request: HttpRequest, channel: str) -> HttpResponse:
    """Guide through connecting an account of one channel; it is tested before it is stored."""
    if channel not in settings.CHANNELS:
        raise Http404
    setup = find_connector(channel).setup()
    form = AccountForm(request.POST or None, setup=setup)
    if form.is_valid():
        values = dict(form.cleaned_data)
        name = values.pop("account_name")
        wish = Wish(channel, values, name)
        try:
            begun = consent.begin(request, wish)
            if begun:
                return consent.show_way(request, begun, wish)
            account = services.add_account(actor=acting(request), channel=channel, name=name, values=values)
        except InboxError as problem:
            blame(form, problem)
        else:
            messages.success(
                request, f"{account.name} is connected. What is waiting there is being collected."
            )
            return redirect("account", account.pk)
    return render(request, "connectors/account_form.html", {"form": form, "setup": setup, "account": None})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@only_for(can_manage_accounts)
def connect_again(request: HttpRequest, account_id: int) -> HttpResponse:
    """Guide through giving an account new credentials; its history and its place in the channel are kept."""
    account = find_account(account_id)
    setup = find_connector(account.channel).setup()
    form = AccountForm(request.POST or None, setup=setup, known=account.config)
    if form.is_valid():
        wish = Wish(account.channel, dict(form.cleaned_data), account=account)
        try:
            begun = consent.begin(request, wish)
            if begun:
                return consent.show_way(request, begun, wish)
            services.reconnect_account(
                actor=acting(request), account_id=account.pk, values=dict(form.cleaned_data)
            )
        except InboxError as problem:
            blame(form, problem)
        else:
            messages.success(request, f"{account.name} is connected again. It goes on where it stopped.")
            return redirect("account", account.pk)
    return render(request, "connectors/account_form.html", {"form": form, "setup": setup, "account": account})


@require_POST
@only_for(can_manage_accounts)
def test_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Test an account, changing nothing, and say what was found."""
    find_account(account_id)
    health = services.test_account(actor=acting(request), account_id=account_id)
    words = " ".join([health.sentence, *health.details])
    (messages.success if health.ok else messages.error)(request, words)
    return redirect("account", account_id)


@require_POST
@only_for(can_manage_accounts)
def change_settings(request: HttpRequest, account_id: int) -> HttpResponse:
    """Change what needs no credentials, such as the signature."""
    account = find_account(account_id)
    form = AccountForm(request.POST, setup=list_free(account.channel), known=account.config)
    if form.is_valid():
        values = dict(form.cleaned_data)
        return change(
            request, account_id, partial(save_settings, values=values), "speaks with these settings"
        )
    messages.error(request, "Something typed cannot be stored. Nothing was changed.")
    return redirect("account", account_id)


@require_POST
@only_for(can_manage_accounts)
def pause_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Stop collecting and sending."""
    return change(
        request, account_id, services.pause_account, "is paused: nothing is collected and nothing sent"
    )


@require_POST
@only_for(can_manage_accounts)
def watch_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Say after how much quiet an alarm is wanted: as learned, never, or after so many minutes."""
    get_object_or_404(Account, pk=account_id)
    try:
        account = services.set_silence(
            actor=acting(request),
            account_id=account_id,
            way=request.POST.get("way", ""),
            minutes=request.POST.get("minutes", ""),
        )
    except InboxError as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, f"The alarm for quiet on {account.name} is set.")
    return redirect("account", account_id)


@require_POST
@only_for(can_manage_accounts)
def resume_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Go on from where it stopped."""
    return change(request, account_id, services.resume_account, "collects again, from where it stopped")


def change(
    request: HttpRequest, account_id: int, service: Callable[..., Account], words: str
) -> HttpResponse:
    """Call one of the services and say what came of it."""
    get_object_or_404(Account, pk=account_id)
    try:
        account = service(actor=acting(request), account_id=account_id)
    except InboxError as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, f"{account.name} {words}.")
    return redirect("account", account_id)


def find_account(account_id: int) -> Account:
    """Return an account whose channel this desk speaks; 404 where its channel is switched off."""
    return get_object_or_404(Account, pk=account_id, channel__in=settings.CHANNELS)


def blame(form: AccountForm, problem: InboxError) -> None:
    """Put the refusal beside the field that it is about, else on top."""
    field = str(problem.facts.get("field", ""))
    form.add_error(field if field in form.fields else None, problem.sentence)
