"""Conversations end with an outcome that can be answered for."""

import pytest
from django.utils import timezone

from inbox.enums import Urgency
from inbox.errors import BadInput, MovedOn, NotAllowed, NotHolder, WrongState
from inbox.models import Reply
from inbox.services.claim import claim
from inbox.services.resolve import reopen, resolve
from tests.factories import make_conversation, make_member

pytestmark = pytest.mark.django_db


def test_a_conversation_ends_with_an_outcome_and_is_let_go(operator):
    conversation = make_conversation()
    claim(actor=operator, conversation_id=conversation.pk)
    ended = resolve(actor=operator, conversation_id=conversation.pk, outcome="answered")
    assert (ended.state, ended.holder, ended.waiting_since) == ("resolved", None, None)
    assert ended.resolved_at is not None


def test_an_urgent_one_needs_a_number_or_a_reason(operator):
    for changes in ({"urgency": Urgency.URGENT}, {"unjudged": True}):
        conversation = make_conversation(**changes)
        with pytest.raises(BadInput):
            resolve(actor=operator, conversation_id=conversation.pk, outcome="answered")
        ended = resolve(
            actor=operator, conversation_id=conversation.pk, outcome="answered", reason="Called back"
        )
        assert ended.outcome_reason == "Called back"


def test_an_incident_needs_its_number(operator):
    conversation = make_conversation()
    with pytest.raises(BadInput):
        resolve(actor=operator, conversation_id=conversation.pk, outcome="incident", reason="why")
    ended = resolve(
        actor=operator, conversation_id=conversation.pk, outcome="incident", incident_number="NS-1"
    )
    assert ended.incident_number == "NS-1"


def test_an_outcome_that_is_not_known_is_refused(operator):
    with pytest.raises(BadInput):
        resolve(actor=operator, conversation_id=make_conversation().pk, outcome="whatever")


def test_nobody_ends_what_a_colleague_holds_or_what_has_changed(operator):
    conversation = make_conversation(version=3)
    claim(actor=operator, conversation_id=conversation.pk)
    with pytest.raises(NotHolder):
        resolve(actor=make_member(), conversation_id=conversation.pk, outcome="answered")
    with pytest.raises(MovedOn):
        resolve(actor=operator, conversation_id=conversation.pk, outcome="answered", seen_version=2)


def test_a_reply_of_unknown_fate_must_be_settled_first(operator):
    conversation = make_conversation()
    now = timezone.now()
    Reply.objects.create(
        conversation=conversation,
        author=operator,
        text="x",
        visibility="public",
        key="k",
        fingerprint="f",
        state="unknown",
        created_at=now,
        not_before=now,
    )
    with pytest.raises(WrongState):
        resolve(actor=operator, conversation_id=conversation.pk, outcome="answered")


def test_a_resolved_conversation_is_reopened_with_a_reason(operator, auditor):
    conversation = make_conversation()
    resolve(actor=operator, conversation_id=conversation.pk, outcome="answered")
    with pytest.raises(WrongState):
        resolve(actor=operator, conversation_id=conversation.pk, outcome="answered")
    with pytest.raises(BadInput):
        reopen(actor=operator, conversation_id=conversation.pk, reason=" ")
    with pytest.raises(NotAllowed):
        reopen(actor=auditor, conversation_id=conversation.pk, reason="look")
    opened = reopen(actor=operator, conversation_id=conversation.pk, reason="They rang back")
    assert (opened.state, opened.outcome) == ("open", "")
    assert opened.waiting_since is not None
    with pytest.raises(WrongState):
        reopen(actor=operator, conversation_id=conversation.pk, reason="again")
