"""Which skills contacts need, and who has them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from staff import services as staff
from staff.guards import acting, only_for
from staff.models import Member, Role
from staff.permissions import can_manage_teams
from triage.errors import TriageError
from triage.models import SkillRoute
from triage.queries.editions import load_pack, need_live
from triage.services.routing import set_route
from triage.services.shipped import take_in_shipped
from triage.views.asking import perform


@require_GET
@only_for(can_manage_teams)
def show_routing(request: HttpRequest) -> HttpResponse:
    """Show which tag needs which skills, and the skills of everybody who works the inbox."""
    take_in_shipped()
    tags = sorted({tag for rule in load_pack(need_live()).rules for tag in rule.tags})
    context = {
        "routes": SkillRoute.objects.all(),
        "tags": tags,
        "people": Member.objects.filter(is_active=True, role__in=[Role.OPERATOR, Role.SUPERVISOR]),
    }
    return render(request, "triage/routing.html", context)


@require_POST
@only_for(can_manage_teams)
def change_route(request: HttpRequest) -> HttpResponse:
    """Say what a tag needs; without skills it needs none."""
    tag, skills = request.POST.get("tag", ""), request.POST.get("skills", "")

    def deed() -> None:
        set_route(actor=acting(request), tag=tag, skills=skills)

    return perform(request, deed, f"Contacts tagged {tag.strip()[:60]} are routed by this now.", "routing")


@require_POST
@only_for(can_manage_teams)
def change_skills(request: HttpRequest, member_id: int) -> HttpResponse:
    """Say what a member can do."""
    member = get_object_or_404(Member, pk=member_id)

    def deed() -> None:
        try:
            staff.set_skills(
                actor=acting(request), member_id=member_id, skills=request.POST.get("skills", "")
            )
        except staff.StaffError as refusal:
            raise TriageError(str(refusal)) from None

    return perform(request, deed, f"The skills of {member.name} are saved.", "routing")
