"""The outbox: a reply leaves once, its fate is recorded once, and nobody's question is forgotten."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from audit.chain import verify
from audit.models import Entry
from inbox.enums import ConversationState, Direction, Outcome, ReplyState
from inbox.models import Conversation, Message, Reply
from inbox.services import outbox
from inbox.tasks import sweep
from tests.factories import make_conversation, make_member, make_message, numbers
from tests.inbox.pages import say, store
from tests.together import run_together

pytestmark = pytest.mark.django_db


def make_reply(conversation=None, **changes):
    conversation = conversation or make_conversation()
    now = timezone.now()
    number = next(numbers)
    values = {
        "author": make_member(),
        "answers": conversation.messages.defer("search").latest("id"),
        "text": "Please ring 101.",
        "visibility": "public",
        "key": f"key{number}",
        "fingerprint": f"print{number}",
        "created_at": now,
        "not_before": now - timedelta(seconds=1),
    }
    return Reply.objects.create(conversation=conversation, **{**values, **changes})


def lease(reply):
    leased = outbox.lease_reply(reply.pk, 60)
    assert leased is not None
    return leased


def lose_lease(reply):
    Reply.objects.filter(pk=reply.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def test_a_due_reply_is_leased_with_all_that_its_channel_needs():
    conversation = make_conversation(subject="Lost purse")
    reply = make_reply(conversation)
    assert outbox.due_replies() == [reply.pk]
    leased = lease(reply)
    parent = conversation.messages.defer("search").get()
    assert (leased.text, leased.target, leased.subject) == ("Please ring 101.", "t1", "Lost purse")
    assert (leased.in_reply_to, leased.references) == (parent.remote_id, (parent.remote_id,))
    assert (leased.attempts, leased.fence, leased.thread_key) == (1, 1, conversation.thread_key)
    assert fresh(reply).state == ReplyState.SENDING
    assert outbox.due_replies() == []


def test_a_reply_within_its_undo_window_stays():
    reply = make_reply(not_before=timezone.now() + timedelta(seconds=5))
    assert outbox.due_replies() == []
    assert outbox.lease_reply(reply.pk, 60) is None


@pytest.mark.django_db(transaction=True)
def test_of_many_processes_only_one_gets_a_reply():
    reply = make_reply()
    found = run_together(*[lambda: outbox.lease_reply(reply.pk, 60)] * 8)
    assert sum(leased is not None for leased in found) == 1
    assert fresh(reply).attempts == 1


def test_replies_of_one_conversation_leave_in_the_order_in_which_they_were_written():
    conversation = make_conversation()
    first, second = make_reply(conversation), make_reply(conversation)
    assert outbox.due_replies() == [first.pk]
    assert outbox.lease_reply(second.pk, 60) is None
    leased = lease(first)
    assert outbox.lease_reply(second.pk, 60) is None
    outbox.mark_sent(first.pk, fence=leased.fence, remote_id="r1")
    assert outbox.lease_reply(second.pk, 60) is not None


def test_a_sent_reply_stands_in_the_thread_and_its_conversation_waits_on_the_public():
    reply = make_reply()
    url = "https://square.example/r1"
    assert outbox.mark_sent(reply.pk, fence=lease(reply).fence, remote_id="r1", url=url, refused=["a@b"])
    reply = fresh(reply)
    message = Message.objects.defer("search").get(remote_id="r1")
    assert (reply.state, reply.remote_id, reply.message, reply.lease_until) == ("sent", "r1", message, None)
    assert (message.direction, message.text, message.author) == ("out", reply.text, reply.author)
    conversation = reply.conversation
    assert (conversation.state, conversation.waiting_since) == ("waiting", None)
    assert conversation.first_replied_at == reply.sent_at
    entry = Entry.objects.get(verb="reply.sent")
    assert (entry.subject_id, '"refused":["a@b"]' in entry.details) == (conversation.pk, True)


def test_the_same_receipt_twice_changes_nothing():
    reply = make_reply()
    fence = lease(reply).fence
    assert outbox.mark_sent(reply.pk, fence=fence, remote_id="r1")
    version = fresh(reply).conversation.version
    assert not outbox.mark_sent(reply.pk, fence=fence, remote_id="r1")
    assert not outbox.mark_failed(reply.pk, fence=fence, kind="x", sentence="x")
    assert not outbox.mark_unknown(reply.pk, fence=fence)
    assert fresh(reply).conversation.version == version
    assert Message.objects.filter(direction=Direction.OUT).count() == 1


def test_who_wrote_again_after_the_reply_was_written_is_not_passed_over():
    conversation = make_conversation()
    reply = make_reply(conversation)
    later = make_message(conversation, "He is at the door", received_at=timezone.now())
    outbox.mark_sent(reply.pk, fence=lease(reply).fence, remote_id="r1")
    conversation = fresh(conversation)
    assert (conversation.state, conversation.waiting_since) == ("open", later.received_at)
    assert conversation.first_replied_at is not None


def test_a_failed_reply_puts_the_conversation_back_in_front_as_long_waiting_as_before():
    conversation = make_conversation()
    reply = make_reply(conversation)
    Conversation.objects.filter(pk=conversation.pk).update(state="waiting", waiting_since=None)
    fence = lease(reply).fence
    assert outbox.mark_failed(reply.pk, fence=fence, kind="not_allowed", sentence="They blocked us.")
    after = fresh(conversation)
    assert (after.state, after.reply_trouble) == ("open", True)
    assert after.waiting_since == conversation.waiting_since
    assert (fresh(reply).error_text, fresh(reply).state) == ("They blocked us.", "failed")


def test_a_reply_that_fails_after_the_conversation_was_resolved_opens_it_again():
    reply = make_reply()
    fence = lease(reply).fence
    values = {"state": "resolved", "outcome": Outcome.ANSWERED, "resolved_at": timezone.now()}
    Conversation.objects.update(waiting_since=None, **values)
    outbox.mark_failed(reply.pk, fence=fence, kind="x", sentence="Too long.")
    conversation = fresh(reply).conversation
    assert (conversation.state, conversation.outcome, conversation.resolved_at) == ("open", "", None)


def test_an_unknown_reply_is_never_queued_again_and_is_looked_for_at_set_times():
    reply = make_reply()
    fence = lease(reply).fence
    assert outbox.mark_unknown(reply.pk, fence=fence)
    assert fresh(reply).conversation.reply_trouble
    assert outbox.due_replies() == []
    assert not outbox.put_back(reply.pk, fence=fence, until=timezone.now())
    waits = []
    while fresh(reply).next_look_at is not None:
        Reply.objects.update(next_look_at=timezone.now() - timedelta(seconds=1))
        assert outbox.due_looks() == [reply.pk]
        assert outbox.lease_look(reply.pk) is not None
        assert outbox.lease_look(reply.pk) is None
        following = fresh(reply).next_look_at
        waits.append(following and round((following - timezone.now()).total_seconds()))
    assert waits == [15, 45, 240, 600, None]
    assert outbox.due_looks() == []
    assert fresh(reply).state == ReplyState.UNKNOWN


def test_an_unknown_reply_that_is_found_is_sent_and_the_trouble_is_over():
    reply = make_reply()
    outbox.mark_unknown(reply.pk, fence=lease(reply).fence)
    assert outbox.mark_sent(reply.pk, fence=None, remote_id="r1", found=True)
    conversation = fresh(reply).conversation
    assert (conversation.state, conversation.reply_trouble) == ("waiting", False)


def test_proof_that_comes_after_the_lease_ran_out_still_counts():
    reply = make_reply()
    leased = lease(reply)
    lose_lease(reply)
    assert outbox.expire_leases() == 1
    assert outbox.mark_sent(reply.pk, fence=leased.fence, remote_id="r1")
    assert fresh(reply).state == ReplyState.SENT


def test_a_process_whose_fence_has_moved_on_settles_nothing():
    reply = make_reply()
    old = lease(reply)
    outbox.put_back(reply.pk, fence=old.fence, until=timezone.now() - timedelta(seconds=1))
    new = lease(reply)
    assert not outbox.mark_failed(reply.pk, fence=old.fence, kind="x", sentence="x")
    assert not outbox.put_back(reply.pk, fence=old.fence, until=timezone.now())
    assert not outbox.choose_id(reply.pk, old.fence, "<old>")
    assert outbox.choose_id(reply.pk, new.fence, "<new>")
    assert fresh(reply).chosen_id == "<new>"


def test_a_reply_that_provably_did_not_leave_is_queued_for_later():
    reply = make_reply()
    until = timezone.now() + timedelta(minutes=1)
    assert outbox.put_back(reply.pk, fence=lease(reply).fence, until=until, kind="rate_limited")
    assert (fresh(reply).state, fresh(reply).not_before) == ("queued", until)
    assert outbox.lease_reply(reply.pk, 60) is None


def test_the_sweep_turns_a_sending_that_was_lost_into_unknown_and_frees_claims(operator):
    reply = make_reply()
    lease(reply)
    sweep()
    assert fresh(reply).state == ReplyState.SENDING
    lose_lease(reply)
    past = timezone.now() - timedelta(seconds=1)
    Conversation.objects.update(holder=operator, held_until=past)
    sweep()
    assert (fresh(reply).state, fresh(reply).error_kind) == ("unknown", "lease_lost")
    assert fresh(reply).conversation.holder is None


def test_after_a_restore_everything_on_its_way_is_held():
    queued, sending, sent = make_reply(), make_reply(), make_reply()
    lease(sending)
    outbox.mark_sent(sent.pk, fence=lease(sent).fence, remote_id="r1")
    out = StringIO()
    call_command("hold_sends", stdout=out)
    assert out.getvalue().startswith("2 replies held.")
    assert [fresh(one).state for one in (queued, sending, sent)] == ["unknown", "unknown", "sent"]
    assert outbox.due_replies() == []
    assert set(outbox.due_looks()) == {queued.pk, sending.pk}


def test_the_echo_of_a_sent_reply_is_not_a_second_message():
    reply = make_reply()
    outbox.mark_sent(reply.pk, fence=lease(reply).fence, remote_id="r1")
    account = reply.conversation.account
    found = store(account, say("r1", "Please ring 101. https://t.example/x", direction=Direction.OUT))
    assert (found.new, found.changed) == (0, 0)
    assert Message.objects.filter(direction=Direction.OUT).count() == 1


def test_an_echo_that_overtakes_its_receipt_becomes_the_sent_message():
    reply = make_reply()
    fence = lease(reply).fence
    conversation = reply.conversation
    thread = {"thread_key": conversation.thread_key, "direction": Direction.OUT}
    store(conversation.account, say("r1", "Please ring 101.", **thread))
    assert Message.objects.get(remote_id="r1").direction == Direction.OUTSIDE
    assert outbox.mark_sent(reply.pk, fence=fence, remote_id="r1")
    message = Message.objects.get(remote_id="r1")
    assert (message.direction, message.author) == (Direction.OUT, reply.author)
    assert message.conversation == conversation


@pytest.mark.parametrize("lost", [False, True])
def test_an_echo_under_the_id_that_we_chose_proves_that_the_reply_went_out(lost):
    reply = make_reply()
    leased = lease(reply)
    outbox.choose_id(reply.pk, leased.fence, "<r1@desk>")
    if lost:
        outbox.mark_unknown(reply.pk, fence=leased.fence)
    store(reply.conversation.account, say("<r1@desk>", direction=Direction.OUT, thread_key="elsewhere"))
    assert fresh(reply).state == ReplyState.SENT
    assert fresh(reply).conversation.state == ConversationState.WAITING
    assert Message.objects.get(remote_id="<r1@desk>").conversation == reply.conversation
    assert not outbox.mark_sent(reply.pk, fence=leased.fence, remote_id="<r1@desk>")


def test_a_failed_reply_says_why_even_when_the_channel_did_not():
    reply = make_reply()
    assert outbox.mark_failed(reply.pk, fence=lease(reply).fence, kind="x" * 99, sentence="")
    assert fresh(reply).error_text


@pytest.mark.django_db(transaction=True)
def test_receipts_echoes_and_new_messages_at_once_never_block_each_other():
    conversation = make_conversation()
    replies = [make_reply(conversation) for _ in range(6)]
    leased = [reply.pk for reply in replies]
    now = timezone.now()
    Reply.objects.update(
        state="sending",
        attempted_at=now,
        lease_until=now,
        chosen_id=Concat(Value("c"), Cast("id", CharField())),
    )

    def send():
        for pk in leased:
            outbox.mark_sent(pk, fence=None, remote_id=f"c{pk}")

    def collect():
        thread = {"thread_key": conversation.thread_key}
        for pk in reversed(leased):
            echo = say(f"c{pk}", direction=Direction.OUT, **thread)
            store(conversation.account, say(f"in{pk}", **thread), echo, say(f"other{pk}"))

    run_together(send, collect, outbox.expire_leases)
    assert set(Reply.objects.values_list("state", flat=True)) == {"sent"}
    assert Message.objects.filter(direction=Direction.OUT).count() == 6
    assert verify().whole


def test_a_fate_and_its_entry_in_the_trail_stand_or_fall_together():
    reply = make_reply()
    fence = lease(reply).fence
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.mark_sent(reply.pk, fence=fence, remote_id="r1")
        raise ZeroDivisionError
    assert fresh(reply).state == ReplyState.SENDING
    assert not Entry.objects.filter(verb="reply.sent").exists()
