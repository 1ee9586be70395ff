"""The pages on which teams and outside bodies are kept."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from connectors.forms import TeamForm
from connectors.teams import renew_hook_secret, save_team
from inbox.errors import InboxError
from inbox.models import Team
from staff.guards import acting, only_for
from staff.permissions import can_manage_teams


@require_GET
@only_for(can_manage_teams)
def list_teams(request: HttpRequest) -> HttpResponse:
    """List the teams, those in use first."""
    return render(request, "connectors/teams.html", {"teams": Team.objects.order_by("-is_active", "name")})


@require_http_methods(["GET", "POST"])
@only_for(can_manage_teams)
def edit_team(request: HttpRequest, team_id: int | None = None) -> HttpResponse:
    """Add a team, or change one."""
    team = get_object_or_404(Team, pk=team_id) if team_id else None
    names = ("name", "is_outside", "email", "web_hook", "is_active")
    start = {name: getattr(team, name) for name in names} if team else None
    form = TeamForm(request.POST or None, initial=start)
    if form.is_valid():
        try:
            saved = save_team(actor=acting(request), card=form.read(), team_id=team_id)
        except InboxError as problem:
            field = str(problem.facts.get("field", ""))
            form.add_error(field if field in form.fields else None, problem.sentence)
        else:
            messages.success(request, f"{saved.name} is saved.")
            return redirect("teams")
    return render(request, "connectors/team_form.html", {"form": form, "team": team})


@never_cache
@require_POST
@only_for(can_manage_teams)
def renew_secret(request: HttpRequest, team_id: int) -> HttpResponse:
    """Make a new secret for the team's web hook; it is on this answer and nowhere else."""
    team = get_object_or_404(Team, pk=team_id)
    secret = renew_hook_secret(actor=acting(request), team_id=team_id)
    return render(request, "connectors/team_secret.html", {"team": team, "secret": secret})
