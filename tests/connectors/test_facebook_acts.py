"""Likes, hiding, the one private answer and the windows of Messenger, from the button to the platform."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from connectors.acting import carry_out
from connectors.delivery import deliver_reply
from connectors.models import Account
from inbox.enums import ActState, ReplyState
from inbox.errors import CannotReply
from inbox.models import Act, Conversation, Message, Reply
from inbox.queries.composing import describe_composer
from inbox.services import act
from inbox.services.reply import ReplyRequest, reply, take_back
from tests.connectors.conftest import poll_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment(page, sandbox) -> Message:
    post = sandbox.call("POST", "/town/facebook/posts", json={"text": "The bridge is closed"})["id"]
    sandbox.post("/town/facebook/comments", author="Jo", text="An insult", in_reply_to=post)
    poll_now(page)
    return Message.objects.defer("search").get()


def done(sandbox, what):
    return [one["data"] for one in sandbox.journal("accepted") if one["data"].get("what") == what]


def press(message, operator, kind, *, undo=False):
    row = act.act(actor=operator, message_id=message.pk, kind=kind, undo=undo)
    carry_out(row.pk)
    row.refresh_from_db()
    return row


def test_a_comment_is_hidden_and_shown_again(comment, sandbox, operator):
    assert press(comment, operator, "hide").state == ActState.DONE
    assert press(comment, operator, "hide", undo=True).state == ActState.DONE
    assert [one["is_hidden"] for one in done(sandbox, "update")] == ["true", "false"]


def test_a_comment_is_liked_and_the_like_taken_back(comment, sandbox, operator):
    assert press(comment, operator, "like").state == ActState.DONE
    assert press(comment, operator, "like", undo=True).state == ActState.DONE
    assert (len(done(sandbox, "like")), len(done(sandbox, "unlike"))) == (1, 1)


@pytest.mark.parametrize(("kind", "operation"), [("hide", "update"), ("like", "like")])
@pytest.mark.parametrize("fault", ["accept_then_cut", "cut", "empty", "html"])
def test_an_act_without_a_clear_answer_is_done_again_and_stands_once(
    comment, sandbox, operator, fault, kind, operation
):
    # An empty object with the status of a success is no yes either.
    sandbox.fault("facebook", operation, fault, times=1, **({"status": 200} if fault == "empty" else {}))
    row = press(comment, operator, kind)
    assert row.state == ActState.QUEUED
    Act.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    carry_out(row.pk)
    row.refresh_from_db()
    assert row.state == ActState.DONE


def test_what_facebook_does_not_let_us_hide_says_so(comment, operator):
    terms = comment.terms
    terms["acts"][0]["refusal"] = "Facebook does not let our Page hide this comment."
    Message.objects.filter(pk=comment.pk).update(terms=terms)
    with pytest.raises(CannotReply, match="does not let our Page hide"):
        act.act(actor=operator, message_id=comment.pk, kind="hide")


def test_the_buttons_stand_at_the_comment(comment, operator):
    client = Client()
    client.force_login(operator, backend="staff.backends.DeskBackend")
    shown = client.get(f"/c/{comment.conversation_id}/").content.decode()
    assert "Hide it from readers" in shown
    assert "Like it" in shown


def send_privately(conversation, operator, key="k1"):
    request = ReplyRequest(text="Please tell us more.", visibility="private", key=key)
    row = reply(actor=operator, conversation_id=conversation.pk, request=request)
    Reply.objects.filter(pk=row.pk).update(not_before=row.created_at)
    return row


def test_a_comment_is_answered_privately_once_and_the_composer_knows(comment, sandbox, operator):
    conversation = comment.conversation
    row = send_privately(conversation, operator)
    # Even before it is sent: two presses of two people must not make two.
    with pytest.raises(CannotReply, match="answered privately already"):
        send_privately(conversation, operator, key="k2")
    deliver_reply(row.pk)
    row.refresh_from_db()
    assert row.state == ReplyState.SENT
    assert "answered privately already" in describe_composer(conversation).private.refusal
    assert describe_composer(conversation).public.allowed
    assert len(sandbox.replies(comment.remote_id)["private"]) == 1


def test_a_private_answer_that_was_taken_back_leaves_the_one_that_is_allowed(comment, operator):
    row = send_privately(comment.conversation, operator)
    take_back(actor=operator, reply_id=row.pk)
    assert describe_composer(comment.conversation).private.allowed


def test_a_private_answer_is_offered_for_seven_days(comment):
    soon, late = (
        comment.written_at + timedelta(days=6, hours=23),
        comment.written_at + timedelta(days=7, hours=1),
    )
    assert describe_composer(comment.conversation, soon).private.allowed
    assert "ran out" in describe_composer(comment.conversation, late).private.refusal


@pytest.fixture
def message(page, sandbox) -> Message:
    page.config["human_agent"] = True
    Account.objects.filter(pk=page.pk).update(config=page.config)
    sandbox.post("/town/facebook/messages", author="Cy", text="Hello?")
    poll_now(page)
    return Message.objects.defer("search").get()


def at(message, **since):
    """Return the composer's private way as it is so long after the message."""
    conversation = Conversation.objects.select_related("account").get(pk=message.conversation_id)
    return describe_composer(conversation, message.written_at + timedelta(**since)).private


def test_messenger_is_free_for_a_day_then_a_persons_own_words_for_a_week_then_closed(message):
    first, second, closed = at(message, hours=23), at(message, hours=25), at(message, days=8)
    assert (first.free_until, first.by_hand) == (message.written_at + timedelta(hours=24), False)
    assert (second.free_until, second.by_hand, second.allowed) == (None, True, True)
    assert second.closes_at == message.written_at + timedelta(days=7)
    assert "ran out" in closed.refusal


def test_the_composer_counts_down_to_the_end_of_the_window(message, operator):
    client = Client()
    client.force_login(operator, backend="staff.backends.DeskBackend")
    shown = client.get(f"/c/{message.conversation_id}/").content.decode()
    assert f'datetime="{(message.written_at + timedelta(hours=24)).isoformat()}" data-left data-ends' in shown
    assert "after that only in your own words" in shown


def test_after_a_day_a_persons_answer_goes_out_with_the_human_agent_tag(message, sandbox, operator):
    sandbox.call("POST", "/town/clock", json={"shift_seconds": 30 * 3600})
    try:
        earlier = timezone.now() - timedelta(hours=30)
        terms = message.terms | {
            "private_target": message.terms["private_target"].rpartition(":")[0]
            + f":{int(earlier.timestamp())}"
        }
        Message.objects.filter(pk=message.pk).update(terms=terms)
        row = send_privately(message.conversation, operator)
        deliver_reply(row.pk)
        row.refresh_from_db()
        assert row.state == ReplyState.SENT
    finally:
        sandbox.call("DELETE", "/town/clock")
