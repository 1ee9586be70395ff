"""Say which skills the tags of a contact need."""

from django.db import transaction

from audit.services import record
from staff.models import Member
from staff.permissions import can_manage_teams
from triage.errors import TriageError
from triage.models import SkillRoute
from triage.services.steps import need_words

MOST_SKILLS = 12


@transaction.atomic
def set_route(*, actor: Member, tag: str, skills: str) -> SkillRoute | None:
    """Let contacts with `tag` need `skills` (commas between); without skills the tag needs none any more."""
    _demand(actor)
    tag = need_words(tag, "Name a tag.", 60)
    wanted = list(dict.fromkeys(part.strip() for part in skills.split(",") if part.strip()))
    if len(wanted) > MOST_SKILLS or any(len(one) > 60 or "\x00" in one for one in wanted):
        raise TriageError("Name at most 12 skills of at most 60 letters. Nothing was changed.")
    if not wanted:
        SkillRoute.objects.filter(tag=tag).delete()
        record(actor=actor, verb="routing.removed", tag=tag)
        return None
    route, _ = SkillRoute.objects.update_or_create(tag=tag, defaults={"skills": wanted})
    record(actor=actor, verb="routing.changed", subject=route, tag=tag, skills=wanted)
    return route


def _demand(actor: Member) -> None:
    if not can_manage_teams(actor):
        raise TriageError("Supervisors and admins say who is needed. Nothing was changed.")
