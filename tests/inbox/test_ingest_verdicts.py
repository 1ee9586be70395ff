"""How a conversation stands after what was said: judged at once, raised by what is new, never lowered."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from inbox.capabilities import Capabilities
from inbox.enums import ConversationState, Outcome, Urgency
from inbox.facts import name_channel
from inbox.incoming import Unreadable
from inbox.models import Conversation, Message, Reply
from inbox.services.ingest.excerpt import cut_excerpt
from tests.factories import make_account
from tests.inbox.pages import CALM, URGENT, load, load_thread, say, store

pytestmark = pytest.mark.django_db
THREAD = "thread:p1"


@pytest.fixture
def account():
    return make_account()


def answer(conversation, state=ConversationState.WAITING, **changes):
    values = {"state": state, "waiting_since": None, "first_replied_at": timezone.now(), **changes}
    Conversation.objects.filter(pk=conversation.pk).update(**values)


def test_every_message_is_stored_with_its_verdict_and_the_rules_version(account):
    store(account, say(text=URGENT))
    message = load()
    assert message.level == Urgency.URGENT
    assert message.verdict["level"] == "urgent"
    assert message.verdict["version"]
    assert message.conversation.urgency == Urgency.URGENT
    assert message.conversation.band == 2
    assert message.conversation.score == message.score


def test_an_urgent_message_raises_its_conversation_and_the_trail_says_so(account):
    store(account, say())
    due = load_thread().first_reply_due_at
    store(account, say("p2", URGENT, thread_key=THREAD))
    conversation = load_thread()
    assert conversation.urgency == Urgency.URGENT
    assert conversation.first_reply_due_at < due
    assert conversation.waiting_since == load("p1").received_at
    entry = Entry.objects.get(verb="conversation.urgency_raised")
    assert entry.subject_id == conversation.pk
    assert json.loads(entry.details)["after"] == Urgency.URGENT


def test_a_calm_message_never_lowers_what_still_waits(account):
    store(account, say(text=URGENT))
    store(account, say("p2", CALM, thread_key=THREAD))
    assert load_thread().urgency == Urgency.URGENT
    assert load_thread().excerpt == CALM


def test_a_new_message_opens_what_was_answered_and_an_answer_does_not_end_the_danger(account):
    store(account, say(text=URGENT))
    before = load_thread().urgency
    answer(load_thread())
    store(account, say("p2", CALM, thread_key=THREAD))
    conversation = load_thread()
    assert conversation.state == ConversationState.OPEN
    assert conversation.urgency == before >= Urgency.URGENT
    assert conversation.waiting_since == load("p2").received_at


def test_a_new_message_opens_what_was_resolved_and_is_judged_by_itself(account):
    store(account, say(text=URGENT))
    Conversation.objects.update(
        state=ConversationState.RESOLVED,
        outcome="answered",
        outcome_reason="Patrol found nobody.",
        waiting_since=None,
        resolved_at=timezone.now(),
    )
    store(account, say("p2", CALM, thread_key=THREAD))
    conversation = load_thread()
    assert conversation.state == ConversationState.OPEN
    assert conversation.urgency < Urgency.URGENT


def test_a_new_message_opens_what_was_resolved_and_keeps_its_incident(account):
    store(account, say())
    ended = {"outcome": Outcome.INCIDENT, "resolved_at": timezone.now(), "incident_number": "NS-1"}
    answer(load_thread(), ConversationState.RESOLVED, **ended)
    store(account, say("p2", "He is back", thread_key=THREAD))
    conversation = load_thread()
    assert (conversation.state, conversation.outcome, conversation.resolved_at) == ("open", "", None)
    assert conversation.incident_number == "NS-1"
    assert conversation.first_reply_due_at > load("p2").received_at


def test_a_new_message_opens_what_was_escalated_and_the_escalation_stays_pending(account):
    store(account, say(text=URGENT))
    answer(load_thread(), ConversationState.ESCALATED, escalation_pending=True)
    store(account, say("p2", CALM, thread_key=THREAD))
    conversation = load_thread()
    assert (conversation.state, conversation.escalation_pending) == ("open", True)
    assert conversation.urgency == Urgency.URGENT


def test_what_a_person_graded_is_raised_by_triage_and_never_lowered(account, operator):
    store(account, say(text=URGENT))
    answer(load_thread(), urgency=Urgency.CRITICAL, graded_by=operator)
    store(account, say("p2", CALM, thread_key=THREAD))
    assert load_thread().urgency == Urgency.CRITICAL
    answer(load_thread(), urgency=Urgency.ROUTINE, graded_by=operator)
    store(account, say("p3", URGENT, thread_key=THREAD))
    assert load_thread().urgency == Urgency.URGENT
    assert Entry.objects.filter(verb="conversation.urgency_raised").count() == 1


def test_an_edit_is_judged_again_and_may_raise_but_never_lower(account):
    store(account, say())
    store(account, say(text=URGENT, edited=True))
    assert (load().level, load_thread().urgency) == (Urgency.URGENT, Urgency.URGENT)
    store(account, say(text="never mind", edited=True))
    assert load().level < Urgency.URGENT
    assert load_thread().urgency == Urgency.URGENT


def test_an_edit_that_turns_urgent_opens_what_was_answered(account):
    store(account, say())
    answer(load_thread())
    store(account, say(text=URGENT, edited=True))
    assert load_thread().state == ConversationState.OPEN


def test_an_edit_of_an_older_message_leaves_the_newest_in_the_queues_line(account):
    store(account, say(), say("p2", "And on Monday?", thread_key=THREAD))
    store(account, say(text="When does it shut?", edited=True))
    assert load_thread().excerpt == "And on Monday?"


def test_a_calm_edit_leaves_what_was_answered_alone(account):
    store(account, say())
    answer(load_thread())
    store(account, say(text="When does it open on Monday?", edited=True))
    assert load_thread().state == ConversationState.WAITING


def test_a_machines_answer_joins_without_opening_unless_it_is_urgent(account):
    store(account, say())
    answer(load_thread())
    store(account, say("p2", "I am out of office.", thread_key=THREAD, automatic=True))
    conversation = load_thread()
    assert (conversation.state, conversation.waiting_since) == ("waiting", None)
    assert conversation.excerpt == CALM
    assert conversation.last_message_at == load("p2").received_at
    store(account, say("p3", URGENT, thread_key=THREAD, automatic=True))
    assert load_thread().state == ConversationState.OPEN


def test_a_machines_first_message_is_still_seen_by_people(account):
    store(account, say(automatic=True))
    assert load_thread().state == ConversationState.OPEN


def test_a_reply_that_came_back_puts_its_conversation_in_front_of_people(account, operator):
    store(account, say())
    conversation = load_thread()
    now = timezone.now()
    Reply.objects.create(
        conversation=conversation,
        author=operator,
        text="Ring 101",
        visibility="private",
        key="k",
        fingerprint="f",
        state="sent",
        created_at=now,
        not_before=now,
        sent_at=now,
        chosen_id="<r1@desk>",
        remote_id="<r1@desk>",
    )
    answer(conversation)
    store(account, say("b1", "No such user", automatic=True, undelivered="<r1@desk>"))
    assert load("b1").conversation == conversation
    assert load_thread("b1").state == ConversationState.OPEN
    assert load_thread("b1").reply_trouble
    assert Entry.objects.filter(verb="reply.undelivered").count() == 1


def test_when_the_rules_crash_the_message_is_stored_on_top_and_the_page_goes_on(account, monkeypatch):
    import triage

    whole = triage.assess

    def fail(facts):
        if "knife" in facts.text:
            raise RecursionError
        return whole(facts)

    monkeypatch.setattr("inbox.services.ingest.judge.assess", fail)
    found = store(account, say(text="a knife"), say("p2"), Unreadable("u1", b"", "Empty."))
    assert found.new == 3
    assert (load_thread().unjudged, load_thread().band, load().verdict) == (True, 0, {})
    assert not load_thread("p2").unjudged


def test_a_text_too_long_to_read_whole_goes_on_top(account):
    store(account, say(text="la " * 400_000))
    assert load_thread().band == 0
    assert len(load().text) == 1_200_000


def test_the_subject_is_judged_once_and_its_reasons_stand_beside_it(account):
    store(account, say(subject=f"Re: {URGENT}", text="see above"))
    message = load()
    assert message.level == Urgency.URGENT
    answer(load_thread())
    store(account, say("p2", "Thank you, all is well now.", subject=f"Re: Re: {URGENT}", thread_key=THREAD))
    assert load("p2").level < Urgency.URGENT


def test_a_reason_found_in_the_subject_is_marked_there_and_not_in_the_text(account):
    store(account, say(subject="SOS at the weir", text="Please come, SOS"))
    verdict = load().verdict
    assert verdict["subject_marks"] == [[0, 3]]
    for reason in verdict["reasons"]:
        if reason["span"]:
            start, end = reason["span"]
            assert load().text[start:end] == reason["quote"]


def test_earlier_texts_and_contacts_count_but_not_those_of_others(account):
    store(account, say("p1"), say("p2"), say("p3"))
    rules = {reason["rule"] for reason in load("p3").verdict["reasons"]}
    assert "repeat" in rules
    store(account, say("p4", text=URGENT), say("p5", "hello?", thread_key="thread:p4"))
    assert "thread" in {reason["rule"] for reason in load("p5").verdict["reasons"]}
    store(account, say("p6", "hello?", thread_key="thread:p4"))
    assert "thread" in {reason["rule"] for reason in load("p6").verdict["reasons"]}


def test_contacts_older_than_a_day_do_not_count(account):
    store(account, say("p1"), say("p2"), now=timezone.now() - timedelta(hours=25))
    store(account, say("p3"))
    assert "repeat" not in {reason["rule"] for reason in load("p3").verdict["reasons"]}


def test_the_public_cannot_pass_a_text_off_as_ours(account):
    store(account, say(text=f"[Northshire Police] {URGENT * 3}"))
    store(account, say("p2", "hello?", thread_key=THREAD))
    assert "thread" in {reason["rule"] for reason in load("p2").verdict["reasons"]}


@pytest.mark.parametrize(
    ("ways", "visibility", "word"),
    [
        ({"public": True, "private": True}, "public", "sq_public"),
        ({"public": True, "private": True}, "private", "sq_private"),
        ({"private": True}, "private", "sq"),
    ],
)
def test_triage_is_told_the_channel_by_its_own_word(ways, visibility, word):
    assert name_channel(Capabilities(triage_channel="sq", **ways), visibility) == word


def test_the_excerpt_marks_its_reasons():
    assert cut_excerpt("A gun\nhere", [(2, 5)]) == ("A gun here", [[2, 5]])


def test_the_excerpt_begins_near_a_reason_that_stands_far_in():
    text = "x" * 1000 + " gun " + "y" * 1000
    shown, ((start, end),) = cut_excerpt(text, [(1001, 1004)])
    assert shown[start:end] == "gun"
    assert shown.startswith("…")
    assert len(shown) == 300


def test_the_excerpt_of_nothing_says_what_it_is():
    assert cut_excerpt(" \n", [], "(no text)") == ("(no text)", [])


def test_marks_never_leave_the_excerpt():
    shown, marks = cut_excerpt("a" * 500, [(290, 310), (400, 401), (0, 1)])
    assert marks == [[0, 1], [290, 300]]
    assert len(shown) == 300


def test_messages_keep_the_order_in_which_they_came(account):
    store(account, *(say(f"n{n}", f"{n}", thread_key="t") for n in range(20)))
    texts = Message.objects.filter(conversation=load_thread("n0")).order_by("received_at", "id")
    assert list(texts.values_list("text", flat=True)) == [str(n) for n in range(20)]
