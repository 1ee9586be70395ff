"""The timeline: everything that happened, in the order in which it happened."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Message
from inbox.queries.composing import describe_composer
from inbox.queries.timeline import load_timeline
from inbox.services.claim import claim
from inbox.services.reply import ReplyRequest, reply
from tests.factories import OPEN_BOTH, make_account, make_conversation, make_message

pytestmark = pytest.mark.django_db


def test_messages_claims_and_replies_stand_in_one_order(operator):
    conversation = make_conversation(text="Help")
    claim(actor=operator, conversation_id=conversation.pk)
    request = ReplyRequest(text="We are coming", visibility="public", key="k")
    reply(actor=operator, conversation_id=conversation.pk, request=request)
    items = load_timeline(conversation).items
    assert [item.kind for item in items] == ["message", "event", "reply"]
    assert getattr(items[1].row, "verb", "") == "conversation.claimed"


def test_a_long_conversation_comes_in_parts_that_together_are_whole(operator):
    conversation = make_conversation()
    start = timezone.now()
    for number in range(9):
        make_message(conversation, str(number), received_at=start + timedelta(seconds=number // 2))
    seen: list[int] = []
    before = None
    while True:
        part = load_timeline(conversation, before, limit=4)
        seen = [item.row.pk for item in part.items] + seen
        before = part.earlier
        if before is None:
            break
    expected = conversation.messages.order_by("received_at", "id").values_list("pk", flat=True)
    assert seen == list(expected)


def test_another_conversations_message_is_no_place_to_read_on_from():
    conversation, other = make_conversation(), make_conversation()
    with pytest.raises(Message.DoesNotExist):
        load_timeline(conversation, other.messages.get().pk)


@pytest.mark.parametrize("size", [1, 30])
def test_a_timeline_takes_the_same_queries_however_long_it_is(size, django_assert_num_queries):
    conversation = make_conversation()
    for number in range(size):
        make_message(conversation, str(number))
    with django_assert_num_queries(3):
        load_timeline(conversation)


def test_the_newest_message_that_can_be_answered_is_the_one_answered():
    conversation = make_conversation(terms={"public_refusal": "Only those named can answer."})
    earlier = make_message(conversation, "ask me", received_at=timezone.now() - timedelta(hours=1))
    options = describe_composer(conversation)
    assert options.public.allowed
    assert options.public.answers == earlier


def test_a_deleted_or_automatic_message_is_not_answered():
    conversation = make_conversation()
    conversation.messages.update(deleted_at=timezone.now())
    make_message(conversation, "Delivery failed", automatic=True)
    options = describe_composer(conversation)
    assert not options.public.allowed
    assert options.preferred == "note"


def test_the_composer_starts_with_the_way_in_which_the_person_wrote():
    private = make_conversation(visibility="private")
    assert describe_composer(private).preferred == "private"
    no_public = make_account(capability_facts={"private": True})
    assert describe_composer(make_conversation(no_public, terms=OPEN_BOTH)).preferred == "private"
