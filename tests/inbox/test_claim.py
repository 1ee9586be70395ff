"""Claims: one holder at a time, by the database's clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from inbox.errors import AlreadyClaimed, BadInput, NotAllowed, NotHolder, WrongState
from inbox.models import Conversation
from inbox.services.claim import assign, claim, extend, free_expired, release, take_over
from tests.factories import make_conversation, make_member

pytestmark = pytest.mark.django_db


def run_out(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(held_until=timezone.now() - timedelta(seconds=1))


def test_a_second_operator_is_told_who_holds_the_conversation(operator):
    conversation = make_conversation()
    claim(actor=operator, conversation_id=conversation.pk)
    with pytest.raises(AlreadyClaimed) as refusal:
        claim(actor=make_member(), conversation_id=conversation.pk)
    assert refusal.value.facts["holder"] == "Ola Operator"
    assert "Ola Operator" in refusal.value.sentence


def test_claiming_again_prolongs_the_same_claim(operator):
    conversation = make_conversation()
    first = claim(actor=operator, conversation_id=conversation.pk)
    second = claim(actor=operator, conversation_id=conversation.pk)
    assert second.fence == first.fence
    assert second.held_until > first.held_until


def test_a_claim_that_ran_out_can_be_taken_and_the_first_holder_cannot_extend_it(operator):
    conversation = make_conversation()
    first = claim(actor=operator, conversation_id=conversation.pk)
    run_out(conversation)
    second = claim(actor=make_member("Second"), conversation_id=conversation.pk)
    assert second.fence > first.fence
    with pytest.raises(NotHolder) as refusal:
        extend(actor=operator, conversation_id=conversation.pk, fence=first.fence)
    assert refusal.value.facts["holder"] == "Second"


def test_a_heartbeat_extends_a_standing_claim(operator):
    conversation = make_conversation()
    first = claim(actor=operator, conversation_id=conversation.pk)
    later = extend(actor=operator, conversation_id=conversation.pk, fence=first.fence)
    assert later.held_until > first.held_until


def test_only_the_holder_can_release(operator):
    conversation = make_conversation()
    claim(actor=operator, conversation_id=conversation.pk)
    with pytest.raises(NotHolder):
        release(actor=make_member(), conversation_id=conversation.pk)
    release(actor=operator, conversation_id=conversation.pk)
    conversation.refresh_from_db()
    assert conversation.holder is None


def test_an_operator_cannot_take_over_a_standing_claim_but_a_supervisor_can(operator, supervisor):
    conversation = make_conversation()
    first = claim(actor=operator, conversation_id=conversation.pk)
    with pytest.raises(NotAllowed):
        take_over(actor=make_member(), conversation_id=conversation.pk)
    taken = take_over(actor=supervisor, conversation_id=conversation.pk, reason="Ola is on a call")
    assert taken.fence > first.fence
    with pytest.raises(NotHolder):
        extend(actor=operator, conversation_id=conversation.pk, fence=first.fence)


def test_an_operator_can_take_over_a_claim_that_ran_out(operator):
    conversation = make_conversation()
    claim(actor=make_member(), conversation_id=conversation.pk)
    run_out(conversation)
    take_over(actor=operator, conversation_id=conversation.pk)
    conversation.refresh_from_db()
    assert conversation.holder == operator


def test_a_supervisor_assigns_and_an_operator_hands_over_only_what_is_theirs(operator, supervisor, auditor):
    conversation, other = make_conversation(), make_member("Other")
    with pytest.raises(NotAllowed):
        assign(actor=operator, conversation_id=conversation.pk, to=other)
    assign(actor=supervisor, conversation_id=conversation.pk, to=operator)
    assign(actor=operator, conversation_id=conversation.pk, to=other)
    conversation.refresh_from_db()
    assert conversation.holder == other
    with pytest.raises(BadInput):
        assign(actor=supervisor, conversation_id=conversation.pk, to=auditor)


def test_an_auditor_cannot_claim(auditor):
    with pytest.raises(NotAllowed):
        claim(actor=auditor, conversation_id=make_conversation().pk)


def test_a_resolved_conversation_cannot_be_claimed_assigned_or_taken_over(supervisor):
    conversation = make_conversation(state="resolved", outcome="answered", resolved_at=timezone.now())
    for refused in (
        lambda: claim(actor=supervisor, conversation_id=conversation.pk),
        lambda: take_over(actor=supervisor, conversation_id=conversation.pk),
        lambda: assign(actor=supervisor, conversation_id=conversation.pk, to=supervisor),
    ):
        with pytest.raises(WrongState):
            refused()


def test_the_sweep_frees_claims_that_ran_out_and_no_others(operator):
    gone, standing = make_conversation(), make_conversation()
    claim(actor=operator, conversation_id=gone.pk)
    claim(actor=operator, conversation_id=standing.pk)
    run_out(gone)
    assert free_expired() == 1
    gone.refresh_from_db()
    standing.refresh_from_db()
    assert gone.holder is None
    assert standing.holder == operator


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_race_for_a_conversation_exactly_one_wins():
    conversation = make_conversation()
    members = [make_member() for _ in range(20)]
    gate = Barrier(20)

    def race(member):
        gate.wait()
        try:
            claim(actor=member, conversation_id=conversation.pk)
        except AlreadyClaimed as refusal:
            return refusal.facts["holder"]
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(race, members))
    conversation.refresh_from_db()
    assert answers.count(None) == 1
    assert conversation.holder == members[answers.index(None)]
    assert set(answers) - {None} == {conversation.holder.name}
    assert conversation.fence == 1


def test_a_heartbeat_of_an_earlier_claim_does_not_keep_the_present_one_alive(operator):
    conversation = make_conversation()
    first = claim(actor=operator, conversation_id=conversation.pk)
    run_out(conversation)
    claim(actor=operator, conversation_id=conversation.pk)
    with pytest.raises(NotHolder):
        extend(actor=operator, conversation_id=conversation.pk, fence=first.fence)


def test_a_claim_that_ran_out_is_not_brought_back_by_a_late_heartbeat(operator):
    conversation = make_conversation()
    first = claim(actor=operator, conversation_id=conversation.pk)
    run_out(conversation)
    with pytest.raises(NotHolder, match="run out"):
        extend(actor=operator, conversation_id=conversation.pk, fence=first.fence)
    assert claim(actor=operator, conversation_id=conversation.pk).fence > first.fence
