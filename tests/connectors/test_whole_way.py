"""From a stranger's post to the reply they read, on each channel."""

import pytest

from connectors.delivery import deliver_reply
from inbox.enums import ReplyState
from inbox.errors import CannotReply
from inbox.models import Conversation, Message, Reply
from inbox.services.reply import ReplyRequest, reply
from tests.connectors.conftest import poll_now

pytestmark = pytest.mark.django_db


def answer(operator, conversation, text, visibility, key="k1"):
    request = ReplyRequest(
        text=text, visibility=visibility, key=key, seen_version=conversation.version, fence=None
    )
    row = reply(actor=operator, conversation_id=conversation.pk, request=request)
    Reply.objects.filter(pk=row.pk).update(not_before=row.created_at)
    deliver_reply(row.pk)
    row.refresh_from_db()
    return row


def test_a_post_on_x_is_collected_graded_answered_and_the_answer_stands_in_the_town(
    x_account, sandbox, operator
):
    post = sandbox.post("/town/x/posts", author="Jo M.", text="There is a man with a knife on Mill Lane")
    poll_now(x_account)
    conversation = Conversation.objects.get()
    message = Message.objects.defer("search").get()
    assert "knife" in message.text
    assert message.verdict["reasons"]

    row = answer(operator, conversation, "Officers are on their way. Please call 999.", "public")
    assert row.state == ReplyState.SENT, row.error_text
    told = sandbox.replies(post)
    assert "Officers are on their way" in str(told)

    poll_now(x_account)
    assert Message.objects.count() == 2
    conversation.refresh_from_db()
    assert conversation.state == "waiting"


def test_a_private_message_on_x_is_answered_privately(x_account, sandbox, operator):
    message = sandbox.post("/town/x/messages", author="Sam", text="Please do not tell anyone. He hits me.")
    poll_now(x_account)
    conversation = Conversation.objects.get()
    assert conversation.visibility == "private"

    row = answer(operator, conversation, "Are you safe right now?", "private")
    assert row.state == ReplyState.SENT, row.error_text
    assert "Are you safe right now?" in str(sandbox.replies(message))

    poll_now(x_account)
    assert [one.direction for one in Message.objects.defer("search").order_by("id")] == ["in", "out"]


def test_an_answer_to_somebody_elses_post_shows_what_it_answers(x_account, sandbox):
    root = sandbox.post("/town/x/posts", author="Jo", text="Anyone know what happened?", mention=False)
    sandbox.post("/town/x/posts", author="Kit", text="@NorthshirePol look at this", in_reply_to=root)
    poll_now(x_account)
    named = Message.objects.defer("search").get()
    assert "what happened" in named.quoted
    assert not named.terms.get("public_refusal")


def test_two_people_in_one_thread_are_two_conversations(x_account, sandbox):
    root = sandbox.post("/town/x/posts", author="Jo", text="Crash on the A12")
    sandbox.post("/town/x/posts", author="Kit", text="@NorthshirePol I saw it too", in_reply_to=root)
    poll_now(x_account)
    assert Conversation.objects.count() == 2


def test_a_visitors_post_and_a_comment_on_facebook_are_answered_beneath(page, sandbox, operator):
    post = sandbox.post("/town/facebook/comments", author="Ann Lee", text="My bike was stolen last night")
    comment = sandbox.post("/town/facebook/comments", author="Bo", text="Mine too!", in_reply_to=post)
    poll_now(page)
    assert Conversation.objects.count() == 2

    conversation = Conversation.objects.get(messages__remote_id=comment)
    row = answer(operator, conversation, "Please report it on 101.", "public")
    assert row.state == ReplyState.SENT, row.error_text
    assert "Please report it on 101." in str(sandbox.replies(comment))

    poll_now(page)
    texts = list(conversation.messages.order_by("id").values_list("direction", "text"))
    assert texts == [("in", "Mine too!"), ("out", "Please report it on 101.")]
    assert Conversation.objects.count() == 2


def test_a_comment_on_facebook_can_be_answered_privately_once(page, sandbox, operator):
    post = sandbox.post("/town/facebook/comments", author="Ann Lee", text="I need help at home")
    poll_now(page)
    conversation = Conversation.objects.get()
    row = answer(operator, conversation, "Can you talk?", "private")
    assert row.state == ReplyState.SENT, row.error_text
    assert "Can you talk?" in str(sandbox.replies(post))
    conversation.refresh_from_db()
    with pytest.raises(CannotReply, match="takes one private answer"):
        answer(operator, conversation, "Are you there?", "private", key="k2")
    assert Reply.objects.count() == 1


def test_a_messenger_message_is_answered_in_messenger(page, sandbox, operator):
    message = sandbox.post("/town/facebook/messages", author="Cy Fox", text="Is the station open on Sunday?")
    poll_now(page)
    conversation = Conversation.objects.get()
    row = answer(operator, conversation, "Yes, from ten to four.", "private")
    assert row.state == ReplyState.SENT, row.error_text
    assert "Yes, from ten to four." in str(sandbox.replies(message))
    sandbox.post("/town/facebook/messages", author="Cy Fox", text="Thank you")
    poll_now(page)
    texts = list(conversation.messages.order_by("id").values_list("text", flat=True))
    assert texts == ["Is the station open on Sunday?", "Yes, from ten to four.", "Thank you"]
    conversation.refresh_from_db()
    assert conversation.state == "open"
