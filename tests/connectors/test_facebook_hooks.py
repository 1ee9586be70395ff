"""Meta's web hooks, as the sandbox sends them: read by id at once, harmless twice, late and in disorder."""

import pytest
from django.utils import timezone

from connectors.delivery import deliver_reply
from connectors.models import HookPayload
from inbox.enums import ReplyState
from inbox.models import Conversation, Message, Reply
from inbox.services.reply import ReplyRequest, reply
from tests.connectors.conftest import poll_now
from tests.connectors.test_hooks import read_all, tell

pytestmark = pytest.mark.django_db
PAGE = "104000000000001"


def hear(page, sandbox, **order):
    """Let Meta tell everything that happened since `since`, and read it as the worker does."""
    calls = sandbox.call("POST", "/town/facebook/hooks", json=order)["calls"]
    statuses = [tell(page, call["body"].encode(), call["headers"]).status_code for call in calls]
    read_all()
    return statuses


def load(remote_id):
    return Message.objects.defer("search").get(remote_id=remote_id)


def write(sandbox, text, author="Jö", **more):
    return sandbox.post("/town/facebook/comments", author=author, text=text, **more)


def test_a_post_a_comment_and_a_reply_to_it_are_there_before_any_poll(page, sandbox):
    post = write(sandbox, "Größe Straße gesperrt 🚧?")
    comment = write(sandbox, "Yes", author="Ben", in_reply_to=post)
    deep = write(sandbox, "Since when?", author="Cy", in_reply_to=comment)
    assert hear(page, sandbox) == [200]
    assert set(Message.objects.values_list("remote_id", flat=True)) == {post, comment, deep}
    assert load(post).text == "Größe Straße gesperrt 🚧?"
    poll_now(page)
    assert Message.objects.count() == 3
    assert Conversation.objects.count() == 3


def test_events_that_come_twice_in_the_wrong_order_and_one_by_one_change_nothing(page, sandbox):
    post = write(sandbox, "First")
    comment = write(sandbox, "Second", author="Ben", in_reply_to=post)
    sandbox.call("POST", f"/town/facebook/comments/{comment}/edit", json={"text": "Second, better"})
    assert set(hear(page, sandbox, times=3, reverse=True, apart=True)) == {200}
    assert (load(post).text, load(comment).text) == ("First", "Second, better")
    assert Message.objects.count() == 2


def test_ids_may_come_as_numbers(page, sandbox):
    post = write(sandbox, "First")
    message = sandbox.post("/town/facebook/messages", author="Cy", text="Hello?")
    assert hear(page, sandbox, numeric=True) == [200]
    assert {post, message} == set(Message.objects.values_list("remote_id", flat=True))


def test_a_wrong_signature_is_refused_and_nothing_is_kept(page, sandbox):
    write(sandbox, "First")
    assert hear(page, sandbox, wrong_signature=True) == [403]
    assert not HookPayload.objects.exists()
    assert not Message.objects.exists()


def test_what_was_taken_back_is_marked_at_once_and_what_nobody_knew_makes_nothing(page, sandbox):
    post = write(sandbox, "First")
    unknown = write(sandbox, "Second")
    sandbox.call("DELETE", f"/town/facebook/comments/{unknown}")
    hear(page, sandbox)
    since = sandbox.journal()[-1]["seq"]
    sandbox.call("DELETE", f"/town/facebook/comments/{post}")
    hear(page, sandbox, since=since)
    assert load(post).deleted_at is not None
    assert Message.objects.count() == 1


def test_a_messenger_message_joins_the_thread_that_polling_knows(page, sandbox):
    sandbox.post("/town/facebook/messages", author="Cy", text="Hello?")
    poll_now(page)
    since = sandbox.journal()[-1]["seq"]
    second = sandbox.post("/town/facebook/messages", author="Cy", text="Anybody?")
    sandbox.post("/town/facebook/messages", author="Dee", text="Me too")
    hear(page, sandbox, since=since)
    assert load(second).conversation.messages.count() == 2
    assert Conversation.objects.count() == 2
    since = sandbox.journal()[-1]["seq"]
    sandbox.call("POST", f"/town/facebook/messages/{second}/edit", json={"text": "Anybody there?"})
    hear(page, sandbox, since=since)
    assert load(second).text == "Anybody there?"
    since = sandbox.journal()[-1]["seq"]
    sandbox.call("DELETE", f"/town/facebook/messages/{second}")
    hear(page, sandbox, since=since)
    assert load(second).deleted_at is not None


def test_a_mention_elsewhere_comes_by_web_hook_alone_and_says_that_it_cannot_be_answered(page, sandbox):
    mention = sandbox.post("/town/facebook/mentions", author="Dee", text="@Northshire Police there is a fire")
    hear(page, sandbox)
    stored = load(mention)
    assert stored.text == "@Northshire Police there is a fire"
    assert "Open it on Facebook" in stored.terms["public_refusal"]
    assert stored.url.endswith(mention)
    poll_now(page)
    hear(page, sandbox)
    assert Message.objects.count() == 1


def test_the_echo_with_our_mark_proves_a_reply_whose_receipt_was_lost(page, sandbox, operator):
    sandbox.post("/town/facebook/messages", author="Cy", text="Hello?")
    poll_now(page)
    request = ReplyRequest(text="We are here.", visibility="private", key="k1")
    row = reply(actor=operator, conversation_id=Conversation.objects.get().pk, request=request)
    Reply.objects.update(not_before=row.created_at)
    sandbox.fault("facebook", "send_message", "accept_then_cut", times=1)
    deliver_reply(row.pk)
    row.refresh_from_db()
    assert row.state == ReplyState.UNKNOWN
    Reply.objects.update(next_look_at=None)
    hear(page, sandbox)
    row.refresh_from_db()
    assert row.state == ReplyState.SENT
    assert row.message.text == "We are here."
    assert Message.objects.count() == 2


def test_an_echo_of_what_was_written_outside_the_desk_is_shown_as_such(page, sandbox):
    sandbox.call("POST", "/town/facebook/posts", json={"text": "The bridge is closed"})
    hear(page, sandbox)
    assert not Message.objects.exists()


def test_when_facebook_cannot_be_asked_the_event_waits_and_is_not_lost(page, sandbox):
    post = write(sandbox, "First")
    sandbox.fault("facebook", "*", "status", times=0, status=503)
    hear(page, sandbox)
    assert not Message.objects.exists()
    sandbox.clear_faults()
    read_all()
    assert load(post).text == "First"


def test_an_event_about_another_page_is_passed_over(page, sandbox):
    write(sandbox, "First")
    (call,) = sandbox.call("POST", "/town/facebook/hooks", json={})["calls"]
    HookPayload.objects.create(
        account=page,
        sha256=b"x" * 32,
        body=call["body"].replace(PAGE, "999").encode(),
        received_at=timezone.now(),
        next_attempt_at=timezone.now(),
    )
    read_all()
    assert not Message.objects.exists()
