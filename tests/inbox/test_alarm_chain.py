"""Somebody is told when nobody takes a contact: first the screen, then mail and web hook, each once."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from connectors import alarming
from connectors.teams import renew_hook_secret
from desk.strip import write_alarms
from inbox.enums import Urgency
from inbox.errors import BadInput, NotAllowed
from inbox.models import AlarmCall, AlarmStep, Conversation, Team
from inbox.services.alarm import hear_alarm
from inbox.services.alarm_chain import NewStep, add_step, raise_due, remove_step
from inbox.services.claim import claim
from staff.models import Member, Role
from tests.connectors.test_notices import Receiver, receiver  # noqa: F401
from tests.factories import make_conversation, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_steps(db):
    AlarmStep.objects.all().delete()


@pytest.fixture
def chief(db) -> Member:
    member = make_member("Chief", Role.SUPERVISOR)
    Member.objects.filter(pk=member.pk).update(email="chief@northshire.example")
    member.refresh_from_db()
    return member


def wait_for(seconds: float) -> int:
    """Move the clock on and let the sweep look."""
    return raise_due(timezone.now() + timedelta(seconds=seconds))


def make_critical(**changes) -> Conversation:
    return make_conversation(
        text="He has a knife", **{"urgency": Urgency.CRITICAL, "waiting_since": timezone.now(), **changes}
    )


def send_all() -> int:
    AlarmCall.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    return sum(alarming.send_alarm(pk) for pk in alarming.list_due())


def test_the_chain_goes_on_step_by_step_while_nobody_claims(chief, supervisor):
    add_step(actor=supervisor, new=NewStep(3, 120, by_screen=True))
    add_step(actor=supervisor, new=NewStep(3, 300, by_mail=True))
    thread = make_critical()
    assert wait_for(119) == 0
    assert wait_for(121) == 1
    assert wait_for(130) == 0, "each step tells once"
    assert wait_for(301) == 1
    assert send_all() == 1
    (sent,) = mail.outbox
    assert sent.to == ["chief@northshire.example"]
    assert thread.number in sent.subject and f"/c/{thread.pk}/" in sent.body
    assert [entry.verb for entry in Entry.objects.filter(verb="conversation.alarm_raised")] != []


def test_a_claim_ends_the_chain_and_holds_back_what_has_not_left(chief, supervisor, operator):
    add_step(actor=supervisor, new=NewStep(3, 60, by_mail=True))
    add_step(actor=supervisor, new=NewStep(3, 120, by_mail=True))
    thread = make_critical()
    assert wait_for(61) == 1
    claim(actor=operator, conversation_id=thread.pk)
    assert send_all() == 0
    assert mail.outbox == []
    assert "took the conversation" in AlarmCall.objects.get().problem
    assert wait_for(121) == 0


def test_a_claim_that_ran_out_lets_the_chain_go_on(supervisor, operator):
    add_step(actor=supervisor, new=NewStep(3, 120, by_screen=True))
    thread = make_critical()
    claim(actor=operator, conversation_id=thread.pk)
    held = Conversation.objects.get(pk=thread.pk).held_until
    assert held is not None
    assert raise_due(held - timedelta(seconds=1)) == 0
    assert raise_due(held + timedelta(seconds=1)) == 1


def test_each_level_has_a_chain_of_its_own_and_the_unjudged_go_with_the_critical(supervisor):
    add_step(actor=supervisor, new=NewStep(3, 60, by_screen=True))
    add_step(actor=supervisor, new=NewStep(2, 600, by_screen=True))
    make_critical(urgency=Urgency.URGENT)
    odd = make_critical(urgency=Urgency.ROUTINE, unjudged=True)
    make_critical(urgency=Urgency.ROUTINE)
    assert wait_for(61) == 1
    assert AlarmCall.objects.get().conversation_id == odd.pk
    assert wait_for(601) == 1


def test_a_new_wait_is_told_anew_and_history_is_left_alone(supervisor):
    add_step(actor=supervisor, new=NewStep(3, 60, by_screen=True))
    thread = make_critical()
    assert wait_for(61) == 1
    Conversation.objects.filter(pk=thread.pk).update(waiting_since=timezone.now() + timedelta(minutes=5))
    assert wait_for(361) == 1
    make_critical(waiting_since=timezone.now() - timedelta(days=2))
    assert raise_due() == 0


def test_the_screen_of_the_right_people_rings_until_somebody_heard(supervisor, operator):
    add_step(actor=supervisor, new=NewStep(2, 60, by_screen=True))
    add_step(actor=supervisor, new=NewStep(2, 90, member_id=operator.pk, by_screen=True))
    thread = make_critical(urgency=Urgency.URGENT)
    wait_for(61)
    rings = json.loads(write_alarms(supervisor))
    assert [(one["id"], one["level"]) for one in rings] == [(thread.pk, "urgent")]
    assert json.loads(write_alarms(operator)) == []
    wait_for(91)
    assert [one["id"] for one in json.loads(write_alarms(operator))] == [thread.pk]
    hear_alarm(actor=supervisor, conversation_ids=[thread.pk])
    assert json.loads(write_alarms(supervisor)) == json.loads(write_alarms(operator)) == []


def test_supervisors_hear_of_critical_ones_when_the_chain_says_so(supervisor, operator):
    step = add_step(actor=supervisor, new=NewStep(3, 30, by_screen=True))
    make_critical(last_message_at=timezone.now() - timedelta(minutes=10))
    assert len(json.loads(write_alarms(operator))) == 1
    assert json.loads(write_alarms(supervisor)) == []
    wait_for(31)
    assert len(json.loads(write_alarms(supervisor))) == 1
    remove_step(actor=supervisor, step_id=step.pk)
    assert len(json.loads(write_alarms(supervisor))) == 1, "without a step two minutes are the rule"


def test_a_team_is_told_by_its_signed_web_hook(supervisor, receiver):  # noqa: F811
    team = Team.objects.create(name="Control room", web_hook=receiver)
    with pytest.raises(BadInput, match="secret"):
        add_step(actor=supervisor, new=NewStep(3, 60, team_id=team.pk, by_hook=True))
    renew_hook_secret(actor=supervisor, team_id=team.pk)
    add_step(actor=supervisor, new=NewStep(3, 60, team_id=team.pk, by_hook=True))
    thread = make_critical()
    wait_for(61)
    assert send_all() == 1
    ((headers, body),) = Receiver.got
    told = json.loads(body)
    assert (told["event"], told["conversation"]) == ("conversation.unclaimed", thread.number)
    assert headers["X-Desk-Signature"].startswith("sha256=")
    assert headers["X-Desk-Notice"] == f"alarm-{AlarmCall.objects.get().pk}"


def test_what_is_not_taken_is_tried_again_and_shown(supervisor, receiver):  # noqa: F811
    team = Team.objects.create(name="Control room", web_hook=receiver)
    renew_hook_secret(actor=supervisor, team_id=team.pk)
    add_step(actor=supervisor, new=NewStep(3, 60, team_id=team.pk, by_hook=True))
    make_critical()
    wait_for(61)
    Receiver.status = 500
    assert send_all() == 0
    call = AlarmCall.objects.get()
    assert (call.state, call.attempts) == ("queued", 1)
    assert "status 500" in call.problem
    Receiver.status = 204
    assert send_all() == 1


def test_a_step_that_reaches_nobody_is_shown_as_failed(supervisor):
    add_step(actor=supervisor, new=NewStep(3, 60, by_mail=True))
    make_critical()
    wait_for(61)
    call = AlarmCall.objects.get()
    assert call.state == "failed" and "no e-mail address" in call.problem


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (NewStep(1, 60, by_screen=True), "critical or urgent"),
        (NewStep(3, -1, by_screen=True), "a time between"),
        (NewStep(3, 60), "at least one way"),
        (NewStep(3, 60, team_id=999, by_mail=True), "who is there"),
        (NewStep(3, 60, by_hook=True), "A web hook needs"),
    ],
)
def test_a_step_that_could_tell_nobody_is_refused(supervisor, new, sentence):
    with pytest.raises(BadInput, match=sentence):
        add_step(actor=supervisor, new=new)


def test_operators_do_not_change_the_chain(operator):
    with pytest.raises(NotAllowed):
        add_step(actor=operator, new=NewStep(3, 60, by_screen=True))


def test_the_page_adds_and_takes_out_steps(supervisor):
    client = Client()
    client.force_login(supervisor)
    client.post("/alarms/chain/add/", {"urgency": "3", "after": "45", "who": "", "screen": "on"})
    step = AlarmStep.objects.get()
    assert (step.urgency, step.after_seconds, step.by_screen) == (3, 45, True)
    page = client.get("/alarms/chain/").content.decode()
    assert "45 s" in page
    client.post(f"/alarms/chain/{step.pk}/remove/")
    assert not AlarmStep.objects.filter(is_active=True).exists()
