"""The page behind the signed link in an escalation's mail: a team acknowledges without signing in."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from inbox.errors import InboxError
from inbox.services import escalate


class AcknowledgeForm(forms.Form):
    """Who acknowledges, and the number or the reason."""

    by = forms.CharField(max_length=120, label="Your name and role")
    incident_number = forms.CharField(
        required=False, max_length=60, label="Incident number", help_text="Where you recorded one."
    )
    reason = forms.CharField(
        required=False,
        max_length=1000,
        label="Or why there is none",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def acknowledge(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was escalated to this team, and take their word; a spoilt or old link says so."""
    try:
        found = escalate.read_ack_token(token)
    except InboxError as problem:
        return render(request, "inbox/acknowledge_gone.html", {"sentence": problem.sentence}, status=404)
    form = AcknowledgeForm(request.POST or None)
    if form.is_valid():
        clean = form.cleaned_data
        try:
            escalate.acknowledge(
                escalation_id=found.pk,
                by=f"{clean['by']} ({found.team.name})"[:160],
                incident_number=clean["incident_number"],
                reason=clean["reason"],
            )
        except InboxError as problem:
            form.add_error(None, problem.sentence)
        else:
            found.refresh_from_db()
    return render(request, "inbox/acknowledge.html", {"escalation": found, "form": form})
