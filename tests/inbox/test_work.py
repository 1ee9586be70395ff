"""Notes, gradings, tags and drafts; and the trail that each of them leaves."""

import pytest
from django.utils import timezone

from audit.queries import trail_of
from inbox.enums import Urgency
from inbox.errors import BadInput, NotAllowed, WrongState
from inbox.models import Conversation, Draft
from inbox.services.claim import claim
from inbox.services.draft import save_draft
from inbox.services.grade import change_urgency
from inbox.services.note import add_note
from inbox.services.read import read_conversation
from inbox.services.tag import set_tags
from tests.factories import make_conversation, make_member

pytestmark = pytest.mark.django_db


def test_a_note_is_kept_and_the_screens_are_told(operator):
    conversation = make_conversation()
    note = add_note(actor=operator, conversation_id=conversation.pk, text=" Rang the caller. ")
    assert note.text == "Rang the caller."
    assert Conversation.objects.get().version == conversation.version + 1


def test_a_grading_needs_a_reason_and_moves_the_time_at_which_an_answer_is_due(operator, settings):
    settings.FIRST_REPLY_TARGETS = {"critical": 60, "urgent": 120, "routine": 3600, "none": 7200}
    conversation = make_conversation(unjudged=True)
    with pytest.raises(BadInput):
        change_urgency(actor=operator, conversation_id=conversation.pk, urgency=3, reason="")
    with pytest.raises(BadInput):
        change_urgency(actor=operator, conversation_id=conversation.pk, urgency=7, reason="why")
    graded = change_urgency(
        actor=operator, conversation_id=conversation.pk, urgency=Urgency.CRITICAL, reason="A child"
    )
    assert (graded.band, graded.unjudged, graded.graded_by) == (1, False, operator)
    assert graded.first_reply_due_at
    assert graded.waiting_since
    assert (graded.first_reply_due_at - graded.waiting_since).total_seconds() == 60
    assert conversation.gradings.get().reason == "A child"


def test_a_resolved_conversation_is_not_graded(operator):
    conversation = make_conversation(state="resolved", outcome="answered", resolved_at=timezone.now())
    with pytest.raises(WrongState):
        change_urgency(actor=operator, conversation_id=conversation.pk, urgency=3, reason="why")


def test_tags_are_small_and_stand_once(operator):
    conversation = make_conversation()
    tagged = set_tags(
        actor=operator, conversation_id=conversation.pk, tags=["Traffic ", "traffic", "", "a  b"]
    )
    assert tagged.tags == ["traffic", "a b"]
    with pytest.raises(BadInput):
        set_tags(actor=operator, conversation_id=conversation.pk, tags=["x" * 61])
    with pytest.raises(BadInput):
        set_tags(actor=operator, conversation_id=conversation.pk, tags=[str(number) for number in range(21)])


def test_each_member_has_one_draft_for_a_conversation(operator):
    conversation, other = make_conversation(), make_member()
    save_draft(actor=operator, conversation_id=conversation.pk, text="W")
    save_draft(actor=operator, conversation_id=conversation.pk, text="We", way="private")
    save_draft(actor=other, conversation_id=conversation.pk, text="Mine")
    draft = Draft.objects.get(author=operator)
    assert (draft.text, draft.way) == ("We", "private")
    with pytest.raises(BadInput):
        save_draft(actor=operator, conversation_id=conversation.pk, text="x", way="carrier pigeon")
    with pytest.raises(Conversation.DoesNotExist):
        save_draft(actor=operator, conversation_id=conversation.pk + 1, text="x")


def test_an_auditor_changes_nothing(auditor):
    number = make_conversation().pk
    for refused in (
        lambda: add_note(actor=auditor, conversation_id=number, text="x"),
        lambda: change_urgency(actor=auditor, conversation_id=number, urgency=3, reason="x"),
        lambda: set_tags(actor=auditor, conversation_id=number, tags=["x"]),
        lambda: save_draft(actor=auditor, conversation_id=number, text="x"),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_what_was_done_and_seen_stands_in_the_trail(operator, auditor):
    conversation = make_conversation()
    read_conversation(actor=auditor, conversation_id=conversation.pk)
    read_conversation(actor=auditor, conversation_id=conversation.pk)
    claim(actor=operator, conversation_id=conversation.pk)
    add_note(actor=operator, conversation_id=conversation.pk, text="x")
    set_tags(actor=operator, conversation_id=conversation.pk, tags=["x"])
    trail = trail_of(conversation).values_list("actor_name", "verb")
    assert list(trail) == [
        ("Aud Auditor", "seen"),
        ("Ola Operator", "conversation.claimed"),
        ("Ola Operator", "note.added"),
        ("Ola Operator", "conversation.tagged"),
    ]
