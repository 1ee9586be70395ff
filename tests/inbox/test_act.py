"""Hiding and liking what the public wrote: asked by who holds it, done once and again without harm."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from audit.models import Entry
from inbox.enums import ActState
from inbox.errors import BadInput, CannotReply, NotAllowed, NotHolder
from inbox.models import Act, Message
from inbox.presenters.acts import list_acts
from inbox.queries.timeline import load_timeline
from inbox.services import act, claim
from tests.factories import make_account, make_conversation, make_member

pytestmark = pytest.mark.django_db
OFFERED = [{"kind": "hide", "target": "17", "done": False, "refusal": ""}]


@pytest.fixture
def message() -> Message:
    """A reply of the public's that can be hidden."""
    message = make_conversation(make_account(), text="An insult").messages.defer("search").get()
    message.terms["acts"] = OFFERED
    message.save(update_fields=["terms"])
    return message


def buttons(message: Message):
    (item,) = (one for one in load_timeline(message.conversation).items if one.kind == "message")
    assert isinstance(item.row, Message)
    return list_acts(item.row)


def finish(row: Act) -> None:
    leased = act.lease_act(row.pk)
    assert act.mark_done(row.pk, fence=leased.fence)


def test_an_operator_hides_a_message_and_shows_it_again(message, operator):
    assert [one.label for one in buttons(message)] == ["Hide it from readers"]
    row = act.act(actor=operator, message_id=message.pk, kind="hide")
    assert buttons(message)[0].under_way
    assert message.conversation.__class__.objects.get(pk=message.conversation_id).holder == operator
    finish(row)
    shown = buttons(message)[0]
    assert (shown.label, shown.said) == ("Show it again", "Hidden from readers by Ola Operator")
    finish(act.act(actor=operator, message_id=message.pk, kind="hide", undo=True))
    assert buttons(message)[0].label == "Hide it from readers"
    verbs = list(Entry.objects.filter(verb__startswith="act.").order_by("id").values_list("verb", flat=True))
    assert verbs == ["act.asked", "act.done"] * 2


def test_a_second_press_is_the_same_act(message, operator):
    first = act.act(actor=operator, message_id=message.pk, kind="hide")
    assert act.act(actor=operator, message_id=message.pk, kind="hide") == first
    assert Act.objects.count() == 1
    with pytest.raises(CannotReply, match="opposite"):
        act.act(actor=operator, message_id=message.pk, kind="hide", undo=True)


def test_nobody_acts_on_what_a_colleague_holds(message, operator):
    claim.claim(actor=make_member("Kit"), conversation_id=message.conversation_id)
    with pytest.raises(NotHolder):
        act.act(actor=operator, message_id=message.pk, kind="hide")


def test_only_those_who_answer_the_public_may_act(message, auditor):
    with pytest.raises(NotAllowed):
        act.act(actor=auditor, message_id=message.pk, kind="hide")


def test_what_the_channel_does_not_offer_is_refused_with_a_reason(message, operator):
    with pytest.raises(CannotReply, match="does not offer"):
        act.act(actor=operator, message_id=message.pk, kind="like")
    with pytest.raises(BadInput):
        act.act(actor=operator, message_id=message.pk, kind="burn")
    message.terms["acts"] = [{**OFFERED[0], "refusal": "Too old to hide."}]
    message.save(update_fields=["terms"])
    with pytest.raises(CannotReply, match="Too old"):
        act.act(actor=operator, message_id=message.pk, kind="hide")
    assert buttons(message)[0].refusal == "Too old to hide."


def test_an_act_whose_process_was_lost_is_done_again_and_the_late_one_settles_nothing(message, operator):
    row = act.act(actor=operator, message_id=message.pk, kind="hide")
    lost = act.lease_act(row.pk)
    assert act.lease_act(row.pk) is None
    Act.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert act.due_acts() == [row.pk]
    again = act.lease_act(row.pk)
    assert not act.mark_done(row.pk, fence=lost.fence)
    assert act.mark_done(row.pk, fence=again.fence)


def test_why_it_was_not_done_stands_beside_the_button(message, operator):
    row = act.act(actor=operator, message_id=message.pk, kind="hide")
    leased = act.lease_act(row.pk)
    act.mark_failed(row.pk, fence=leased.fence, kind="not_allowed", sentence="X does not allow it.")
    shown = buttons(message)[0]
    assert (shown.problem, shown.label, shown.under_way) == (
        "X does not allow it.",
        "Hide it from readers",
        False,
    )


def test_two_rows_for_one_act_cannot_stand_side_by_side(message, operator):
    first = act.act(actor=operator, message_id=message.pk, kind="hide")
    first.pk = None
    with pytest.raises(Exception, match="act_one_at_a_time"), transaction.atomic():
        first.save(force_insert=True)
    assert Act.objects.filter(state=ActState.QUEUED).count() == 1


def test_the_button_stands_on_the_page_and_works(message, operator, client):
    client.force_login(operator)
    page = client.get(f"/c/{message.conversation_id}/").content.decode()
    assert "Hide it from readers" in page
    answer = client.post(f"/messages/{message.pk}/act/", {"kind": "hide", "undo": ""})
    assert answer.status_code == 303
    assert "the channel is being asked" in client.get(f"/c/{message.conversation_id}/").content.decode()
    assert client.post("/messages/999999/act/", {"kind": "hide"}).status_code == 404
