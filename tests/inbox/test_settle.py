"""A reply of unknown fate is settled by people, with two buttons."""

import pytest
from django.utils import timezone

from inbox.enums import Direction, ReplyState
from inbox.errors import BadInput, CannotReply, NotAllowed, NotHolder, WrongState
from inbox.models import Conversation, Message, Reply
from inbox.services.claim import claim, release
from inbox.services.outbox import lease_reply, mark_failed, mark_sent, mark_unknown
from inbox.services.reply import ReplyRequest, confirm_sent, reply, send_again
from tests.factories import make_conversation, make_member

pytestmark = pytest.mark.django_db
LINK = "https://square.example/force/status/777"


@pytest.fixture
def lost(operator, settings) -> Reply:
    settings.UNDO_SECONDS = 0
    conversation = make_conversation()
    request = ReplyRequest(text="We are coming", visibility="public", key="k")
    row = reply(actor=operator, conversation_id=conversation.pk, request=request)
    leased = lease_reply(row.pk)
    assert leased
    mark_unknown(row.pk, fence=leased.fence)
    row.refresh_from_db()
    return row


def test_it_is_there_paste_the_link(operator, lost):
    settled = confirm_sent(actor=operator, reply_id=lost.pk, url=LINK)
    assert (settled.state, settled.remote_id, settled.remote_url) == (ReplyState.SENT, "777", LINK)
    assert Message.objects.get(remote_id="777").direction == Direction.OUT
    conversation = Conversation.objects.get()
    assert (conversation.state, conversation.reply_trouble) == ("waiting", False)


def test_a_private_message_without_a_link_can_be_confirmed_too(operator, lost):
    assert confirm_sent(actor=operator, reply_id=lost.pk).state == ReplyState.SENT


def test_a_link_to_what_the_person_wrote_is_not_our_reply(operator, lost):
    theirs = lost.answers
    Message.objects.filter(pk=theirs.pk).update(remote_id="777")
    with pytest.raises(BadInput):
        confirm_sent(actor=operator, reply_id=lost.pk, url=LINK)
    assert Message.objects.defer("search").get(pk=theirs.pk).direction == Direction.IN


@pytest.mark.parametrize("url", ["javascript:alert(1)", "square.example/1", "http://[", "https:///1"])
def test_what_is_not_an_address_is_refused(operator, lost, url):
    with pytest.raises(BadInput):
        confirm_sent(actor=operator, reply_id=lost.pk, url=url)


def test_it_is_not_there_send_it_again_with_a_reason(operator, lost):
    with pytest.raises(BadInput):
        send_again(actor=operator, reply_id=lost.pk)
    again = send_again(actor=operator, reply_id=lost.pk, reason="Not on our page at 14:32")
    assert (again.state, again.looks, again.next_look_at) == (ReplyState.QUEUED, 0, None)
    assert not Conversation.objects.get().reply_trouble
    leased = lease_reply(again.pk)
    assert leased
    assert leased.attempts == 2


def test_the_first_attempt_cannot_settle_what_was_sent_again(operator, lost):
    fence = lost.lease_fence
    send_again(actor=operator, reply_id=lost.pk, reason="Not there")
    assert not mark_failed(lost.pk, fence=fence, kind="transient", sentence="late")
    lease_reply(lost.pk)
    assert not mark_failed(lost.pk, fence=fence, kind="transient", sentence="late")
    assert not mark_sent(lost.pk, fence=fence, remote_id="9")


def test_nobody_sends_again_while_a_colleague_holds_the_conversation(operator, lost):
    release(actor=operator, conversation_id=lost.conversation_id)
    claim(actor=make_member("Other"), conversation_id=lost.conversation_id)
    with pytest.raises(NotHolder):
        send_again(actor=operator, reply_id=lost.pk, reason="Not there")


def test_a_failed_reply_is_sent_again_unless_the_account_cannot_send(operator, lost):
    Reply.objects.update(state=ReplyState.FAILED, error_text="Blocked")
    account = lost.conversation.account
    account.state = "paused"
    account.save()
    with pytest.raises(CannotReply):
        send_again(actor=operator, reply_id=lost.pk)
    account.state = "active"
    account.save()
    assert send_again(actor=operator, reply_id=lost.pk).state == ReplyState.QUEUED


def test_a_reply_whose_fate_is_known_is_not_settled_again(operator, auditor, lost):
    with pytest.raises(NotAllowed):
        confirm_sent(actor=auditor, reply_id=lost.pk)
    confirm_sent(actor=operator, reply_id=lost.pk, url=LINK)
    with pytest.raises(WrongState):
        confirm_sent(actor=operator, reply_id=lost.pk, url=LINK)
    with pytest.raises(WrongState):
        send_again(actor=operator, reply_id=lost.pk, reason="again")
    assert Reply.objects.filter(sent_at__lte=timezone.now()).exists()
