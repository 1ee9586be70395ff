"""From a stranger's post to the reply they read, on each channel."""

import pytest

from connectors.delivery import deliver_reply
from inbox.enums import ReplyState
from inbox.models import Conversation, Message, Reply
from inbox.services.reply import ReplyRequest, reply
from tests.connectors.conftest import poll_now

pytestmark = pytest.mark.django_db(transaction=True)


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
