"""Hiding replies beneath our posts on X, through to the sandbox."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.acting import carry_out
from inbox.enums import ActState
from inbox.models import Act, Message
from inbox.services import act
from tests.connectors.conftest import poll_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def insult(x_account, sandbox) -> Message:
    """A reply of the public's beneath an announcement of the force's."""
    ours = sandbox.post("/town/x/announcements", text="The bridge is closed")
    sandbox.post("/town/x/posts", author="Jo", text="An insult", in_reply_to=ours)
    poll_now(x_account)
    return Message.objects.defer("search").get()


def hidden_flags(sandbox) -> list[dict[str, Any]]:
    return [one["data"] for one in sandbox.journal("accepted") if one["data"].get("what") == "hide"]


def test_a_reply_beneath_our_post_is_hidden_and_shown_again(insult, operator, sandbox):
    for undo in (False, True):
        row = act.act(actor=operator, message_id=insult.pk, kind="hide", undo=undo)
        assert carry_out(row.pk)
        row.refresh_from_db()
        assert row.state == ActState.DONE
    assert len(hidden_flags(sandbox)) == 2


def test_a_post_in_somebody_elses_thread_offers_no_hiding(x_account, sandbox):
    sandbox.post("/town/x/posts", author="Jo", text="Hello")
    poll_now(x_account)
    assert "acts" not in Message.objects.defer("search").get().terms


@pytest.mark.parametrize("fault", ["accept_then_cut", "cut"])
def test_a_hiding_whose_answer_was_lost_is_simply_done_again(insult, operator, sandbox, fault):
    row = act.act(actor=operator, message_id=insult.pk, kind="hide")
    sandbox.fault("x", "hide_reply", fault)
    carry_out(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (ActState.QUEUED, 1)
    Act.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert carry_out(row.pk)
    row.refresh_from_db()
    assert row.state == ActState.DONE


def test_a_refusal_of_xs_is_told_and_not_repeated(insult, operator, sandbox):
    row = act.act(actor=operator, message_id=insult.pk, kind="hide")
    sandbox.fault("x", "hide_reply", "status", status=403, detail="No.")
    carry_out(row.pk)
    row.refresh_from_db()
    assert row.state == ActState.FAILED
    assert "X does not allow" in row.error_text
    assert hidden_flags(sandbox) == []


def test_nothing_is_done_through_an_account_that_is_paused_meanwhile(insult, operator, sandbox, x_account):
    row = act.act(actor=operator, message_id=insult.pk, kind="hide")
    type(x_account).objects.update(state="paused")
    carry_out(row.pk)
    row.refresh_from_db()
    assert row.state == ActState.FAILED
    assert hidden_flags(sandbox) == []
