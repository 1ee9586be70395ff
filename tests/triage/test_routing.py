"""Tags say who is needed; it is shown, and keeps nobody out."""

import pytest
from django.test import Client

from audit.models import Entry
from staff.models import Role
from staff.services import StaffError, set_skills
from tests.factories import make_conversation, make_member
from triage.errors import TriageError
from triage.models import SkillRoute
from triage.queries.routing import lacking, load_routes, needed
from triage.services.routing import set_route

pytestmark = pytest.mark.django_db


def test_tags_name_skills_each_once(supervisor):
    set_route(actor=supervisor, tag="punjabi", skills="Punjabi")
    set_route(actor=supervisor, tag="domestic", skills="vulnerability, Punjabi")
    assert needed(["domestic", "other", "punjabi"], load_routes([["x"]])) == ["vulnerability", "Punjabi"]
    assert lacking(["vulnerability", "Punjabi"], ["punjabi"]) == ["vulnerability"]
    set_route(actor=supervisor, tag="punjabi", skills=" ")
    assert [route.tag for route in SkillRoute.objects.all()] == ["domestic"]
    assert Entry.objects.filter(verb__startswith="routing.").count() == 3


def test_the_queue_and_the_giving_say_who_is_needed(supervisor, operator):
    set_route(actor=supervisor, tag="punjabi", skills="Punjabi")
    expert = make_member("Amrit Kaur")
    set_skills(actor=supervisor, member_id=expert.pk, skills="punjabi, roads")
    thread = make_conversation(text="Sat sri akal", tags=["punjabi"])
    client = Client()
    client.force_login(supervisor)
    assert "needs Punjabi" in client.get("/").content.decode()
    page = client.get(f"/c/{thread.pk}/?dialog=assign").content.decode()
    assert "Amrit Kaur (away, has Punjabi)" in page
    assert "Ola Operator (away, lacks Punjabi)" in page
    assert page.index("Amrit Kaur (") < page.index("Ola Operator (")


def test_supervisors_and_admins_say_who_can_do_what_and_others_do_not(operator, supervisor):
    set_skills(actor=make_member("Root", Role.ADMIN), member_id=operator.pk, skills="roads")
    with pytest.raises(StaffError):
        set_skills(actor=operator, member_id=operator.pk, skills="everything")
    with pytest.raises(TriageError):
        set_route(actor=operator, tag="x", skills="y")
    with pytest.raises(TriageError, match="at most 12"):
        set_route(actor=supervisor, tag="x", skills=",".join(str(n) for n in range(13)))


def test_the_page_changes_both(supervisor, operator):
    client = Client()
    client.force_login(supervisor)
    client.post("/triage/routing/change/", {"tag": "roads", "skills": "roads"})
    client.post(f"/triage/routing/members/{operator.pk}/", {"skills": "roads, Polish"})
    page = client.get("/triage/routing/").content.decode()
    assert "roads, Polish" in page
    operator.refresh_from_db()
    assert operator.skills == ["roads", "Polish"]
