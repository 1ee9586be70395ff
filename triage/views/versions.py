"""The versions of the rules: which is live, which was, and how each went live."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from staff.guards import acting, only_for
from staff.permissions import can_change_rules, can_see_rules
from triage.history import desk_history
from triage.models import Activation, Ask, Replay, Shadow, Version
from triage.queries.editions import find_live
from triage.services import golive
from triage.services.carry import carry_over
from triage.services.shipped import take_in_shipped
from triage.views.asking import find_version, list_open_drafts, perform
from triage.views.drafts import describe_version

MOST = 50


@require_GET
@only_for(can_see_rules)
def show_versions(request: HttpRequest) -> HttpResponse:
    """List versions, drafts, what waits for a second supervisor, and when which version judged."""
    shipped = take_in_shipped()
    live = find_live()
    activations = Activation.objects.select_related("version", "by", "confirmed_by")
    latest = list(activations[:MOST])
    before = next((one.version for one in latest if one.version != live), None)
    context = {
        "live": live,
        "since": latest[0] if latest else None,
        "before": before,
        "newer": shipped if live and shipped.base_id != live.base_id and live.changes else None,
        "versions": Version.objects.select_related("author")[:MOST],
        "activations": latest,
        "asks": Ask.objects.filter(closed_at=None).exclude(lost=[]).select_related("version", "asked_by"),
        "drafts": list_open_drafts(),
        "shadow": Shadow.objects.filter(ended_at=None).select_related("version").first(),
        "may_change": can_change_rules(request.user),
    }
    return render(request, "triage/versions.html", context)


@require_GET
@only_for(can_see_rules)
def show_version(request: HttpRequest, number: int) -> HttpResponse:
    """Show one version: what it changed, when it judged, and what can be done with it."""
    version = find_version(number)
    ask = Ask.objects.filter(version=version, closed_at=None).select_related("asked_by").first()
    may_change = can_change_rules(request.user)
    context = {
        "version": version,
        "live": find_live(),
        "changed": describe_version(version),
        "activations": version.activations.select_related("by", "confirmed_by"),
        "ask": ask,
        "lost": desk_history().pick(ask.lost[:MOST]) if ask and may_change else [],
        "replays": Replay.objects.filter(version=version).defer("upload", "changes")[:5],
        "shadow": Shadow.objects.filter(version=version).first(),
        "own": ask is not None and ask.asked_by_id == request.user.pk,
        "may_change": may_change,
    }
    return render(request, "triage/version.html", context)


@require_POST
@only_for(can_change_rules)
def make_live(request: HttpRequest, number: int) -> HttpResponse:
    """Let the version judge; one that loses critical messages waits for a second supervisor."""
    version, why = find_version(number), request.POST.get("why", "")

    def deed() -> None:
        golive.go_live(actor=acting(request), version_id=version.pk, why=why)

    return perform(request, deed, f"Version {number} is live.", "version", number=number)


@require_POST
@only_for(can_change_rules)
def go_back(request: HttpRequest, number: int) -> HttpResponse:
    """Let an earlier version judge again, at once."""
    version, why = find_version(number), request.POST.get("why", "") or "Back to what was live before."

    def deed() -> None:
        golive.go_back(actor=acting(request), version_id=version.pk, why=why)

    return perform(request, deed, f"Version {number} judges again.", "versions")


@require_POST
@only_for(can_change_rules)
def confirm(request: HttpRequest, ask_id: int) -> HttpResponse:
    """Agree, as a second supervisor, to a version that loses critical messages."""
    ask = get_object_or_404(Ask.objects.select_related("version"), pk=ask_id)

    def deed() -> None:
        golive.confirm(actor=acting(request), ask_id=ask.pk)

    said = f"Version {ask.version.number} is live: two supervisors agreed."
    return perform(request, deed, said, "version", number=ask.version.number)


@require_POST
@only_for(can_change_rules)
def refuse(request: HttpRequest, ask_id: int) -> HttpResponse:
    """Do not agree, or take one's own asking back."""
    ask = get_object_or_404(Ask.objects.select_related("version"), pk=ask_id)

    def deed() -> None:
        golive.refuse(actor=acting(request), ask_id=ask.pk)

    return perform(request, deed, "It stays as it is.", "version", number=ask.version.number)


@require_POST
@only_for(can_change_rules)
def carry(request: HttpRequest) -> HttpResponse:
    """Begin a draft that lays the desk's own changes over newly shipped rules."""

    def deed() -> None:
        carry_over(actor=acting(request))

    return perform(request, deed, "A draft holds your changes over the new rules. Replay it.", "versions")
