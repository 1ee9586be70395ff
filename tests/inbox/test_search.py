"""Search: by words, by people, by numbers; every hit, newest first."""

import pytest

from inbox.queries import matching
from inbox.queries.queue import QueueFilter, count_tabs, list_queue
from inbox.queries.search import find_conversations
from staff.models import Role
from tests.factories import make_account, make_conversation, make_member, make_message, make_person

pytestmark = pytest.mark.django_db


def find(member, q):
    return find_conversations(member, q).rows


def test_every_word_must_be_there_and_its_beginning_is_enough(operator):
    car = make_conversation(text="A black car is parked on the pavement")
    make_conversation(text="My car was stolen")
    assert find(operator, "pavement black") == [car]
    assert find(operator, "pave CAR") == [car]
    assert find(operator, "pavement stolen") == []


def test_words_in_quotes_must_stand_together(operator):
    car = make_conversation(text="A black car")
    make_conversation(text="A car, black")
    assert find(operator, '"black car"') == [car]


def test_people_are_found_by_part_of_their_name_or_address(operator):
    account = make_account()
    person, _ = make_person(account, name="Åsa Brännström", address="@asa_b")
    conversation = make_conversation(account)
    conversation.person = person
    conversation.save(update_fields=["person"])
    assert find(operator, "brännst") == [conversation]
    assert find(operator, "@ASA") == [conversation]


def test_a_conversation_is_found_by_its_number_and_its_incident(operator):
    conversation = make_conversation(incident_number="NS-2026-77")
    assert find(operator, f"D{conversation.pk}") == [conversation]
    assert find(operator, str(conversation.pk)) == [conversation]
    assert find(operator, "ns-2026-77") == [conversation]


def test_a_word_that_is_everywhere_is_found_everywhere_too(operator, monkeypatch):
    monkeypatch.setattr(matching, "HEADS", (2,))
    account = make_account()
    made = [make_conversation(account, text=f"help {number}") for number in range(8)]
    assert set(find(operator, "help")) == set(made)
    assert len(list_queue(operator, QueueFilter(q="help"), limit=5).rows) == 5


def test_what_a_conversation_says_in_any_message_counts(operator):
    conversation = make_conversation(text="first")
    make_message(conversation, "a motorbike")
    assert find(operator, "motorbike") == [conversation]


@pytest.mark.parametrize(
    "q",
    ["'", "\\", "a\x00b", "\ud800", "!!!", "& | ! ( ) :*", "''' or 1=1", "%", '"', "x" * 5000, "9" * 40, " "],
)
def test_no_search_breaks(operator, q):
    make_conversation(text="plain")
    assert find(operator, q) == []


def test_nothing_is_found_by_those_who_may_not_look():
    make_conversation(text="secret")
    assert find(make_member(role=Role.ADMIN), "secret") == []


def test_searching_finds_the_same_however_common_the_word_and_however_long_the_walk(operator, monkeypatch):
    account = make_account()
    made = [make_conversation(account, text="help" if number % 3 else "other") for number in range(30)]
    wanted = {row.pk for number, row in enumerate(made) if number % 3}

    for heads in ((500,), (7, 14), (2, 4), ()):
        monkeypatch.setattr(matching, "HEADS", heads)
        seen, after = [], None
        while True:
            page = list_queue(operator, QueueFilter(tab="all", q="help"), after, 4)
            seen += [row.pk for row in page.rows]
            after = page.next
            if after is None:
                break
        assert len(seen) == len(wanted)
        assert set(seen) == wanted


def test_tabs_are_counted_under_a_search(operator):
    account = make_account()
    for state in ("open", "waiting", "waiting"):
        make_conversation(account, text="help", state=state)
    make_conversation(account, text="other")
    expected = {"queue": 1, "mine": 0, "escalated": 0, "waiting": 2, "all": 3}
    assert count_tabs(operator, QueueFilter(q="help")) == expected


def test_signs_that_mean_something_to_the_database_are_only_signs(operator):
    account = make_account()
    make_conversation(account)
    person, _ = make_person(account, name="100%_\\x", address="@plain")
    odd = make_conversation(account)
    odd.person = person
    odd.save(update_fields=["person"])
    assert find(operator, "0%_") == [odd]
    assert find(operator, "%_\\") == [odd]
    assert find(operator, "%%%") == []
