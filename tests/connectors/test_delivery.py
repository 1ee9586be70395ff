"""A reply leaves at most once, and never gets lost in silence (quality rule 4)."""

import pytest
from django.utils import timezone

from connectors import http
from connectors.delivery import deliver_reply
from connectors.reconciling import look_for_reply
from connectors.services import pause_account
from inbox.enums import ReplyState
from inbox.models import Conversation, Reply
from inbox.services.reply import ReplyRequest, reply
from tests.connectors.conftest import poll_now

pytestmark = pytest.mark.django_db

TEXT = "Officers are on their way."
# (sandbox channel, operation, visibility, how the public writes)
WAYS = {
    "x public": ("x", "create_tweet", "public", "/town/x/posts"),
    "x private": ("x", "create_dm", "private", "/town/x/messages"),
    "facebook public": ("facebook", "create_comment", "public", "/town/facebook/comments"),
    "facebook private": ("facebook", "send_message", "private", "/town/facebook/messages"),
}


@pytest.fixture(autouse=True)
def short_patience(monkeypatch):
    """Wait for a silent platform one second only."""
    monkeypatch.setattr(http, "READ_SECONDS", 1)


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


@pytest.fixture
def account(way, x_account, page):
    return x_account if way[0] == "x" else page


@pytest.fixture
def queued(way, account, sandbox, operator):
    """A reply that is due now, to something that a member of the public wrote."""
    sandbox.post(way[3], author="Jo M.", text="There is smoke coming from the mill")
    poll_now(account)
    request = ReplyRequest(text=TEXT, visibility=way[2], key="k1")
    row = reply(actor=operator, conversation_id=Conversation.objects.get().pk, request=request)
    Reply.objects.filter(pk=row.pk).update(not_before=row.created_at)
    return row


def accepted(sandbox, way):
    """Return how many times the platform took the words."""
    return sum(
        1
        for entry in sandbox.journal("accepted")
        if entry["data"].get("operation") == way[1] and entry["data"].get("status") in {200, 201}
    )


def deliver(row):
    deliver_reply(row.pk)
    row.refresh_from_db()
    return row.state


def look(row):
    Reply.objects.filter(pk=row.pk).update(next_look_at=timezone.now())
    look_for_reply(row.pk)
    row.refresh_from_db()
    return row.state


@pytest.mark.parametrize("fault", ["accept_then_hang", "accept_then_cut", "truncated", "malformed"])
def test_a_reply_that_was_taken_without_a_clear_answer_is_found_and_not_sent_again(
    queued, way, sandbox, fault
):
    sandbox.fault(way[0], way[1], fault, times=1, seconds=3)
    assert deliver(queued) == ReplyState.UNKNOWN
    assert not deliver_reply(queued.pk)
    assert look(queued) == ReplyState.SENT
    assert queued.remote_id
    assert accepted(sandbox, way) == 1


@pytest.mark.parametrize("fault", ["cut", "hang"])
def test_a_reply_that_may_not_have_left_stays_unknown_and_is_never_sent_by_itself(
    queued, way, sandbox, fault
):
    sandbox.fault(way[0], way[1], fault, times=1, seconds=3)
    assert deliver(queued) == ReplyState.UNKNOWN
    for _ in range(6):
        assert look(queued) == ReplyState.UNKNOWN
    assert not deliver_reply(queued.pk)
    assert accepted(sandbox, way) == 0
    conversation = Conversation.objects.get()
    assert conversation.state == "open"
    assert conversation.reply_trouble


def test_a_fault_of_the_platform_while_writing_is_unknown(queued, way, sandbox):
    sandbox.fault(way[0], way[1], "status", times=1, status=503)
    assert deliver(queued) == ReplyState.UNKNOWN


def test_an_empty_success_is_no_success(queued, way, sandbox):
    sandbox.fault(way[0], way[1], "empty", times=1, status=503)
    assert deliver(queued) == ReplyState.UNKNOWN


def test_a_reply_that_met_a_limit_is_queued_again_and_sent_later(queued, way, sandbox):
    sandbox.fault(way[0], way[1], "status", times=1, status=429, seconds=60)
    assert deliver(queued) == ReplyState.QUEUED
    assert queued.not_before > timezone.now()
    Reply.objects.filter(pk=queued.pk).update(not_before=timezone.now())
    assert deliver(queued) == ReplyState.SENT
    assert accepted(sandbox, way) == 1


def test_a_platform_that_cannot_be_reached_proves_that_nothing_left(queued, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    assert deliver(queued) == ReplyState.QUEUED


def test_a_reply_through_a_paused_account_fails_loudly(queued, account):
    pause_account(actor=None, account_id=account.pk)
    assert deliver(queued) == ReplyState.FAILED
    assert "not connected" in queued.error_text
    assert Conversation.objects.get().reply_trouble


def test_a_refusal_fails_and_says_why(queued, way, sandbox):
    sandbox.fault(way[0], way[1], "status", times=1, status=403)
    assert deliver(queued) == ReplyState.FAILED
    assert queued.error_text
    assert Conversation.objects.get().reply_trouble


def test_a_duplicate_on_x_is_looked_for_and_not_taken_for_sent(x_account, sandbox, operator):
    sandbox.post("/town/x/posts", author="Jo M.", text="There is smoke")
    poll_now(x_account)
    conversation = Conversation.objects.get()
    row = reply(
        actor=operator,
        conversation_id=conversation.pk,
        request=ReplyRequest(text=TEXT, visibility="public", key="a"),
    )
    Reply.objects.filter(pk=row.pk).update(not_before=row.created_at)
    assert deliver(row) == ReplyState.SENT
    again = reply(
        actor=operator,
        conversation_id=conversation.pk,
        request=ReplyRequest(text=TEXT, visibility="public", key="b"),
    )
    Reply.objects.filter(pk=again.pk).update(not_before=again.created_at)
    assert deliver(again) == ReplyState.UNKNOWN
    assert again.error_kind == "duplicate"
    # What is found is the first reply, so the second stays unknown.
    assert look(again) == ReplyState.UNKNOWN
