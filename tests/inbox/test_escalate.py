"""Escalations: handed over until somebody acknowledges them with a number or a reason."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from inbox.enums import Direction, EscalationState, NoticeState
from inbox.errors import BadInput, NotAllowed, WrongState
from inbox.models import Notice, Team
from inbox.services import escalate as escalating
from inbox.services.escalate import (
    acknowledge,
    escalate,
    make_ack_token,
    read_ack_token,
    remind_due,
    withdraw,
)
from inbox.services.resolve import resolve
from tests.factories import make_conversation, make_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(db) -> Team:
    return Team.objects.create(
        name="Control room", email="room@force.example", web_hook="https://cad.example/in"
    )


def test_a_team_is_told_by_each_way_in_which_it_is_reached(operator, team):
    conversation = make_conversation()
    row = escalate(actor=operator, conversation_id=conversation.pk, team_id=team.pk, text="A life at risk")
    conversation.refresh_from_db()
    assert (conversation.state, conversation.escalation_pending) == ("escalated", True)
    assert sorted(row.notices.values_list("way", flat=True)) == ["mail", "web_hook"]


def test_a_team_is_not_asked_twice_at_once_but_another_team_can_be(operator, team):
    conversation = make_conversation()
    other = Team.objects.create(name="Coastguard", email="coast@guard.example", is_outside=True)
    escalate(actor=operator, conversation_id=conversation.pk, team_id=team.pk, text="Please look")
    with pytest.raises(WrongState):
        escalate(actor=operator, conversation_id=conversation.pk, team_id=team.pk, text="Please look")
    escalate(actor=operator, conversation_id=conversation.pk, team_id=other.pk, text="Please look")


def test_an_acknowledgement_gives_a_number_or_a_reason_and_the_conversation_back(operator, team):
    conversation = make_conversation()
    row = escalate(actor=operator, conversation_id=conversation.pk, team_id=team.pk, text="Please look")
    with pytest.raises(BadInput):
        acknowledge(escalation_id=row.pk, by="PC Bray")
    with pytest.raises(BadInput):
        acknowledge(escalation_id=row.pk, by=" ", incident_number="NS-9")
    done = acknowledge(escalation_id=row.pk, by="PC Bray", incident_number="NS-9")
    assert (done.state, done.acknowledged_by) == (EscalationState.ACKNOWLEDGED, "PC Bray")
    conversation.refresh_from_db()
    assert (conversation.state, conversation.escalation_pending) == ("open", False)
    assert conversation.incident_number == "NS-9"
    assert conversation.waiting_since == conversation.messages.get().received_at
    with pytest.raises(WrongState):
        acknowledge(escalation_id=row.pk, by="PC Bray", incident_number="NS-10")


def test_what_was_answered_meanwhile_waits_on_the_public_after_the_acknowledgement(operator, team):
    conversation = make_conversation()
    row = escalate(actor=operator, conversation_id=conversation.pk, team_id=team.pk, text="Please look")
    make_message(conversation, "We are on our way", direction=Direction.OUT)
    acknowledge(escalation_id=row.pk, by="PC Bray", reason="Known already")
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since) == ("waiting", None)


def test_it_stays_escalated_until_every_team_has_answered(operator, team):
    conversation = make_conversation()
    other = Team.objects.create(name="Coastguard", email="coast@guard.example", is_outside=True)
    first = escalate(actor=operator, conversation_id=conversation.pk, team_id=team.pk, text="Please look")
    second = escalate(actor=operator, conversation_id=conversation.pk, team_id=other.pk, text="Please look")
    acknowledge(escalation_id=first.pk, by="PC Bray", incident_number="NS-9")
    conversation.refresh_from_db()
    assert conversation.state == "escalated"
    withdraw(actor=operator, escalation_id=second.pk, reason="Not at sea")
    conversation.refresh_from_db()
    assert (conversation.state, conversation.escalation_pending) == ("open", False)


def test_a_pending_escalation_keeps_a_conversation_from_being_resolved(operator, team):
    conversation = make_conversation()
    escalate(actor=operator, conversation_id=conversation.pk, team_id=team.pk, text="Please look")
    with pytest.raises(WrongState, match="Control room"):
        resolve(actor=operator, conversation_id=conversation.pk, outcome="answered")


def test_reminders_go_on_until_somebody_acknowledges(operator, team, settings):
    settings.ESCALATION_REMIND_SECONDS = 300
    conversation = make_conversation()
    row = escalate(actor=operator, conversation_id=conversation.pk, team_id=team.pk, text="Please look")
    long_ago = timezone.now() - timedelta(seconds=301)
    Notice.objects.update(due_at=long_ago)
    assert remind_due() == 0, "the first notice is still on its way"
    Notice.objects.update(state=NoticeState.SENT, sent_at=long_ago)
    assert remind_due() == 1
    assert remind_due() == 0
    assert row.notices.count() == 4
    acknowledge(escalation_id=row.pk, by="PC Bray", incident_number="NS-9")
    assert not row.notices.filter(state=NoticeState.QUEUED).exists()
    Notice.objects.update(due_at=long_ago)
    assert remind_due() == 0


def test_the_link_for_an_outside_body_is_signed_and_runs_out(operator, team, monkeypatch):
    conversation = make_conversation()
    row = escalate(actor=operator, conversation_id=conversation.pk, team_id=team.pk, text="Please look")
    token = make_ack_token(row)
    assert read_ack_token(token) == row
    with pytest.raises(BadInput):
        read_ack_token(token[:-1] + ("A" if token[-1] != "A" else "B"))
    with pytest.raises(BadInput):
        read_ack_token(signing.dumps(row.pk))
    monkeypatch.setattr(escalating, "ACK_AGE", timedelta(seconds=-1))
    with pytest.raises(BadInput, match="seven days"):
        read_ack_token(token)


def test_a_missing_team_text_or_leave_is_refused(operator, auditor, team):
    conversation = make_conversation()
    with pytest.raises(BadInput):
        escalate(actor=operator, conversation_id=conversation.pk, team_id=0, text="Please look")
    with pytest.raises(BadInput):
        escalate(actor=operator, conversation_id=conversation.pk, team_id=team.pk, text=" ")
    with pytest.raises(NotAllowed):
        escalate(actor=auditor, conversation_id=conversation.pk, team_id=team.pk, text="Please look")
