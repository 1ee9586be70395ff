"""Replies: written once, by whoever holds the conversation, to what they have really seen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from inbox.enums import ReplyState
from inbox.errors import BadInput, CannotReply, KeyReused, MovedOn, NotAllowed, NotHolder, WrongState
from inbox.models import Conversation, Draft, Reply
from inbox.services.claim import claim
from inbox.services.draft import save_draft
from inbox.services.reply import ReplyRequest, reply, take_back
from tests.factories import make_account, make_conversation, make_member

pytestmark = pytest.mark.django_db


def ask(text="We are on our way.", visibility="public", key="k1", **seen) -> ReplyRequest:
    return ReplyRequest(text=text, visibility=visibility, key=key, **seen)


def test_a_reply_is_stored_and_waits_out_the_undo_window(operator, settings):
    settings.UNDO_SECONDS = 5
    conversation = make_conversation()
    row = reply(actor=operator, conversation_id=conversation.pk, request=ask())
    assert row.state == ReplyState.QUEUED
    assert row.not_before - row.created_at == timedelta(seconds=5)
    assert row.answers == conversation.messages.get()


def test_the_first_reply_claims_a_conversation_that_nobody_holds(operator):
    conversation = make_conversation()
    reply(actor=operator, conversation_id=conversation.pk, request=ask())
    conversation.refresh_from_db()
    assert conversation.holder == operator
    assert conversation.fence == 1


def test_nobody_answers_what_a_colleague_holds(operator):
    conversation = make_conversation()
    claim(actor=operator, conversation_id=conversation.pk)
    with pytest.raises(NotHolder) as refusal:
        reply(actor=make_member(), conversation_id=conversation.pk, request=ask())
    assert refusal.value.facts["holder"] == "Ola Operator"
    assert not Reply.objects.exists()


def test_a_claim_that_ran_out_and_went_to_somebody_else_cannot_send(operator):
    conversation = make_conversation()
    first = claim(actor=operator, conversation_id=conversation.pk)
    past = timezone.now() - timedelta(seconds=1)
    Conversation.objects.filter(pk=conversation.pk).update(held_until=past)
    claim(actor=make_member(), conversation_id=conversation.pk)
    Conversation.objects.filter(pk=conversation.pk).update(holder=None, held_until=None)
    with pytest.raises(NotHolder):
        reply(actor=operator, conversation_id=conversation.pk, request=ask(fence=first.fence))
    assert not Reply.objects.exists()


def test_the_same_key_and_text_again_is_the_same_reply_whatever_happened_since(operator):
    conversation = make_conversation()
    first = reply(actor=operator, conversation_id=conversation.pk, request=ask(seen_version=1))
    Conversation.objects.filter(pk=conversation.pk).update(holder=make_member())
    again = reply(actor=operator, conversation_id=conversation.pk, request=ask(seen_version=1))
    assert again.pk == first.pk
    assert Reply.objects.count() == 1


def test_a_key_that_came_with_another_text_or_conversation_is_refused(operator):
    conversation, other = make_conversation(), make_conversation()
    reply(actor=operator, conversation_id=conversation.pk, request=ask())
    with pytest.raises(KeyReused):
        reply(actor=operator, conversation_id=conversation.pk, request=ask(text="Another"))
    with pytest.raises(KeyReused):
        reply(actor=operator, conversation_id=other.pk, request=ask())


def test_answering_what_has_changed_since_it_was_drawn_is_stopped(operator):
    conversation = make_conversation(version=4)
    with pytest.raises(MovedOn) as refusal:
        reply(actor=operator, conversation_id=conversation.pk, request=ask(seen_version=3))
    assert refusal.value.facts["version"] == 4


def test_claiming_does_not_make_the_drawn_conversation_stale(operator):
    conversation = make_conversation()
    standing = claim(actor=operator, conversation_id=conversation.pk)
    request = ask(seen_version=conversation.version, fence=standing.fence)
    assert reply(actor=operator, conversation_id=conversation.pk, request=request).pk


def test_a_text_that_the_channel_would_refuse_is_refused_before_it_is_stored(operator):
    conversation = make_conversation()
    with pytest.raises(CannotReply) as refusal:
        reply(actor=operator, conversation_id=conversation.pk, request=ask(text="x" * 281))
    assert (refusal.value.facts["length"], refusal.value.facts["limit"]) == (281, 280)
    assert reply(actor=operator, conversation_id=conversation.pk, request=ask(text="x" * 280)).pk


def test_a_closed_window_and_a_refused_way_are_refused_with_the_reason(operator):
    closed = {"private_target": "t", "private_until": (timezone.now() - timedelta(hours=1)).isoformat()}
    conversation = make_conversation(terms={**closed, "public_refusal": "The author limits who can answer."})
    with pytest.raises(CannotReply, match="ran out"):
        reply(actor=operator, conversation_id=conversation.pk, request=ask(visibility="private"))
    with pytest.raises(CannotReply, match="limits who can answer"):
        reply(actor=operator, conversation_id=conversation.pk, request=ask())


@pytest.mark.parametrize(("state", "word"), [("paused", "paused"), ("reconnect", "not connected")])
def test_an_account_that_cannot_send_is_refused_in_words(operator, state, word):
    conversation = make_conversation(make_account(state=state))
    with pytest.raises(CannotReply, match=word):
        reply(actor=operator, conversation_id=conversation.pk, request=ask())


@pytest.mark.parametrize("text", ["", "  \n ", "a\x00b", "a\ud800b"])
def test_an_empty_text_and_characters_that_cannot_be_kept_are_refused(operator, text):
    with pytest.raises(BadInput):
        reply(actor=operator, conversation_id=make_conversation().pk, request=ask(text=text))


def test_an_auditor_cannot_reply(auditor):
    with pytest.raises(NotAllowed):
        reply(actor=auditor, conversation_id=make_conversation().pk, request=ask())


def test_a_resolved_conversation_must_be_reopened_first(operator):
    conversation = make_conversation(state="resolved", outcome="answered", resolved_at=timezone.now())
    with pytest.raises(WrongState):
        reply(actor=operator, conversation_id=conversation.pk, request=ask())


def test_sending_empties_the_draft_and_taking_back_fills_it_again(operator):
    conversation = make_conversation()
    save_draft(actor=operator, conversation_id=conversation.pk, text="We are on", way="public")
    row = reply(actor=operator, conversation_id=conversation.pk, request=ask())
    assert not Draft.objects.exists()
    take_back(actor=operator, reply_id=row.pk)
    assert Draft.objects.get().text == "We are on our way."
    row.refresh_from_db()
    assert row.state == ReplyState.CANCELLED


def test_a_reply_that_has_left_cannot_be_taken_back(operator):
    row = reply(actor=operator, conversation_id=make_conversation().pk, request=ask())
    now = timezone.now()
    Reply.objects.update(state=ReplyState.SENDING, lease_until=now, attempted_at=now)
    with pytest.raises(WrongState, match="sending"):
        take_back(actor=operator, reply_id=row.pk)


def test_only_its_author_or_a_supervisor_takes_a_reply_back(operator, supervisor):
    row = reply(actor=operator, conversation_id=make_conversation().pk, request=ask())
    with pytest.raises(NotAllowed):
        take_back(actor=make_member(), reply_id=row.pk)
    assert take_back(actor=supervisor, reply_id=row.pk).state == ReplyState.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_ten_equal_posts_at_once_make_one_reply():
    member, conversation = make_member(), make_conversation()
    gate = Barrier(10)

    def post(_):
        gate.wait()
        try:
            return reply(actor=member, conversation_id=conversation.pk, request=ask()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(post, range(10)))
    assert answers == {Reply.objects.get().pk}
