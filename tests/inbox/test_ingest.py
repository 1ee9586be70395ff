"""From a page to rows: nothing lost, nothing doubled, everything joined."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from audit.models import Entry
from inbox.enums import AttachmentState, ConversationState, Direction
from inbox.incoming import IncomingFile, ReplyTerms, Unreadable
from inbox.models import Attachment, Conversation, Handle, Message, MessageEdit, Person, RawPayload
from inbox.services.ingest import Stored, store_page
from tests.factories import make_account
from tests.inbox.pages import CALM, KIM, SAM, THEN, load, load_thread, say, store
from tests.together import run_together

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account()


def count_rows():
    tables = (Conversation, Message, MessageEdit, RawPayload, Attachment, Handle, Person, Entry)
    return {table.__name__: table.objects.count() for table in tables}


def test_a_post_becomes_a_conversation_with_its_person_source_and_terms(account):
    terms = ReplyTerms(public_target="p1", private_refusal="They do not take private messages.")
    found = store(account, say(terms=terms, url="https://square.example/p1"))
    message = load()
    assert found == Stored(1, 0, (message.conversation_id,), heard=1)
    assert (message.text, message.direction, message.url) == (CALM, "in", "https://square.example/p1")
    assert message.terms["public_target"] == "p1"
    assert message.terms["private_refusal"] == "They do not take private messages."
    assert bytes(message.raw.body) == say(terms=terms, url="https://square.example/p1").raw
    assert bytes(message.raw.sha256) == hashlib.sha256(message.raw.body).digest()
    assert (message.handle.key, message.handle.person.name) == ("u1", "Kim Lee")
    conversation = message.conversation
    assert (conversation.state, conversation.excerpt) == ("open", CALM)
    assert conversation.person == message.handle.person
    assert conversation.waiting_since == message.received_at == conversation.created_at
    assert conversation.first_reply_due_at > conversation.waiting_since


def test_the_same_page_twice_changes_nothing(account):
    page = (say(), say("p2", thread_key="thread:p1"), Unreadable("p3", b"{", "Not JSON."))
    store(account, *page)
    before, version = count_rows(), load_thread().version
    assert store(account, *page) == Stored()
    assert count_rows() == before
    assert load_thread().version == version


def test_a_message_that_stands_twice_in_a_page_is_stored_once(account):
    assert store(account, say(), say()).new == 1
    assert Message.objects.count() == RawPayload.objects.count() == 1


def test_an_edit_on_the_same_page_leaves_the_new_text_and_keeps_the_old(account):
    store(account, say(text="I seen him"), say(text="I saw him", edited=True))
    assert load().text == "I saw him"
    assert [edit.text for edit in load().edits.all()] == ["I seen him"]


def test_an_edit_replaces_the_text_and_keeps_what_it_said_before(account):
    store(account, say(text="I seen him"))
    found = store(account, say(text="I saw him", edited=True))
    message = load()
    assert (found.new, found.changed) == (0, 1)
    assert message.text == message.conversation.excerpt == "I saw him"
    assert message.edited_at is not None
    edit = message.edits.get()
    assert edit.text == "I seen him"
    assert edit.verdict["reasons"]
    assert RawPayload.objects.count() == 2


def test_an_older_version_that_comes_late_does_not_undo_an_edit(account):
    store(account, say(text="I saw him", edited=True))
    store(account, say(text="I seen him"))
    assert load().text == "I saw him"
    assert [edit.text for edit in load().edits.all()] == ["I seen him"]


def test_of_two_edits_the_later_one_stands_whichever_comes_first(account):
    later = THEN.replace(hour=13)
    store(account, say(text="I saw them", edited=True, written_at=later))
    store(account, say(text="I saw him", edited=True))
    assert load().text == "I saw them"
    assert [edit.text for edit in load().edits.all()] == ["I saw him"]


def test_a_payload_that_differs_only_in_what_we_do_not_keep_changes_nothing(account):
    store(account, say(raw=b'{"likes": 1}'))
    version = load_thread().version
    assert store(account, say(raw=b'{"likes": 2}')).changed == 0
    assert load_thread().version == version


def test_a_deletion_marks_the_message_and_keeps_its_text(account):
    store(account, say(text="He hits me"))
    store(account, say(text="", deleted=True))
    message = load()
    assert message.deleted_at is not None
    assert message.text == "He hits me"
    assert message.conversation.state == "open"


def test_a_deletion_that_comes_before_its_message_is_not_forgotten(account):
    store(account, say(text="", deleted=True))
    store(account, say(text="He hits me"))
    message = load()
    assert message.deleted_at is not None
    assert message.text == "He hits me"
    assert not message.edits.exists()


def test_messages_of_one_thread_share_a_conversation(account):
    store(account, say(), say("p2", "And on Monday?", thread_key="thread:p1"))
    assert load("p2").conversation == load_thread()
    assert load_thread().excerpt == "And on Monday?"
    assert Conversation.objects.count() == 1


def test_a_reply_that_comes_before_its_parent_meets_it_in_one_conversation(account):
    store(account, say("p2", "And on Monday?", thread_key="thread:p1", in_reply_to="p1"))
    store(account, say())
    assert load("p2").conversation == load_thread("p1")


def test_a_message_joins_the_conversation_of_one_that_is_known(account):
    store(account, say("m1"))
    store(account, say("m2", joins=("unknown", "m1")))
    assert load("m2").conversation == load_thread("m1")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_message_joins_one_of_the_same_page_in_either_order(account, order):
    pair = (say("m1"), say("m2", joins=("m1",)))
    store(account, *(pair[index] for index in order))
    assert load("m2").conversation == load_thread("m1")


def test_messages_that_claim_to_join_each_other_are_still_stored(account):
    assert store(account, say("m1", joins=("m2",)), say("m2", joins=("m1",))).new == 2


def test_a_message_never_joins_a_conversation_of_another_account(account):
    store(make_account(), say("m1"))
    store(account, say("m2", joins=("m1",)))
    assert load("m2").conversation != load_thread("m1")


def test_the_same_ids_on_two_accounts_are_two_messages(account):
    store(account, say())
    assert store(make_account(), say()).new == 1


def test_one_person_under_one_handle_has_several_conversations(account):
    store(account, say("p1"), say("p2"))
    assert load_thread("p1").person == load_thread("p2").person
    assert Handle.objects.count() == Person.objects.count() == 1


def test_a_new_display_name_is_taken_over_and_the_key_decides_who_it_is(account):
    store(account, say())
    store(account, say("p2", author=KIM.__class__(key="u1", name="Kim Lee-Roe", address="@kimroe")))
    handle = Handle.objects.get()
    assert (handle.name, handle.address, handle.person.name) == ("Kim Lee-Roe", "@kimroe", "Kim Lee-Roe")


def test_what_cannot_be_read_is_an_item_on_top_with_its_source(account):
    store(account, Unreadable("u9", b"\x00\xff{", "The page is not JSON.", "application/json"))
    message = load("u9")
    conversation = message.conversation
    assert (message.unreadable, bytes(message.raw.body)) == (True, b"\x00\xff{")
    assert message.raw.problem == "The page is not JSON."
    assert (conversation.unjudged, conversation.band, conversation.state) == (True, 0, "open")
    assert conversation.excerpt == "A message that could not be read"


def test_what_can_be_read_at_last_takes_its_place(account):
    store(account, Unreadable("u9", b"{", "The page is not JSON."))
    store(account, say("u9", "Hello at last"))
    message = load("u9")
    assert (message.unreadable, message.text, message.handle.key) == (False, "Hello at last", "u1")
    assert not message.conversation.unjudged
    assert message.conversation.person.name == "Kim Lee"
    assert Message.objects.count() == 1


def test_a_file_that_came_along_is_stored_under_a_name_of_ours(account):
    files = (
        IncomingFile("../../etc/passwd", "image/png", b"\x89PNG"),
        IncomingFile("", source="https://x/1"),
    )
    store(account, say(files=files))
    kept, waiting = load().attachments.order_by("id")
    assert (kept.state, kept.name, kept.size) == (AttachmentState.STORED, "../../etc/passwd", 4)
    assert "passwd" not in kept.stored_as
    with default_storage.open(kept.stored_as) as stored:
        assert stored.read() == b"\x89PNG"
    assert (waiting.state, waiting.source) == (AttachmentState.WAITING, "https://x/1")
    assert waiting.next_attempt_at is not None


@pytest.mark.parametrize(("year", "remark"), [(2050, "in the future"), (1970, "cannot be right")])
def test_a_date_that_cannot_be_is_kept_and_remarked_and_receipt_decides_the_order(account, year, remark):
    written = datetime(year, 3, 5, tzinfo=UTC)
    store(account, say(written_at=written))
    message = load()
    assert message.written_at == written
    assert remark in message.terms["remarks"][0]
    assert message.received_at.year not in (2050, 1970)


def test_what_our_account_said_outside_the_desk_is_shown_and_answers_for_nobody(account):
    store(account, say())
    store(account, say("o1", "Ring 101", direction=Direction.OUT, thread_key="thread:p1", author=SAM))
    assert load("o1").direction == Direction.OUTSIDE
    assert load_thread().state == ConversationState.OPEN
    assert load_thread().waiting_since == load("p1").received_at


def test_a_conversation_that_we_began_outside_the_desk_waits_for_nobody_until_somebody_answers(account):
    store(account, say("o1", "Road closed", direction=Direction.OUT, thread_key="t", author=SAM))
    assert load_thread("o1").state == ConversationState.RESOLVED
    store(account, say("p2", "Which one?", thread_key="t"))
    conversation = load_thread("o1")
    assert (conversation.state, conversation.person.name) == ("open", "Kim Lee")
    assert (conversation.outcome, conversation.outcome_reason) == ("", "")


def test_a_page_that_fails_leaves_nothing_behind(account):
    broken = say("p2", author=KIM.__class__(key="u3", name="x"), written_at=THEN.replace(tzinfo=None))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        store_page(account.pk, (say(), broken))
        raise ZeroDivisionError
    assert not any(count_rows().values())


def test_one_entry_in_the_trail_tells_of_each_page(account):
    store(account, say(), say("p2"))
    entry = Entry.objects.get()
    assert (entry.verb, entry.subject_kind, entry.subject_id) == ("messages.collected", "account", account.pk)
    assert str(load("p2").pk) in entry.details


def test_a_page_of_sixty_takes_as_many_queries_as_a_page_of_two(
    account, django_assert_max_num_queries, monkeypatch
):
    # Which rules are live is asked now and then, not for each page.
    monkeypatch.setattr("triage.serving.ASK_AFTER", 60)

    def page(first, last):
        return [say(f"n{n}", f"Text {n}", author=KIM.__class__(key=f"k{n}")) for n in range(first, last)]

    store(account, *page(0, 2))
    with django_assert_max_num_queries(24) as small:
        store(account, *page(0, 1), *page(10, 11))
    with django_assert_max_num_queries(24) as large:
        store(account, *page(1, 2), *page(20, 80))
    assert len(large) == len(small)


@pytest.mark.django_db(transaction=True)
def test_two_accounts_that_meet_the_same_people_at_once_make_each_person_once():
    def collect(order):
        people = [KIM.__class__(key=f"k{n}", name=f"N{n}") for n in range(40)][::order]
        account = make_account()
        return lambda: store(account, *(say(author.key, author=author) for author in people))

    run_together(collect(1), collect(-1))
    assert Message.objects.count() == 80
    assert Handle.objects.count() == Person.objects.count() == 40


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_of_one_page_at_once_store_it_once(account):
    found = [stored.new for stored in run_together(*[lambda: store(account, say(), say("p2"))] * 4)]
    assert sorted(found) == [0, 0, 0, 2]
    assert Message.objects.count() == 2
