"""The queue: the most urgent first, then whoever has waited longest."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from inbox.enums import Urgency
from inbox.models import Conversation
from inbox.queries.conversation import load_conversation
from inbox.queries.queue import QueueFilter, QueuePage, count_tabs, get_address, list_queue
from inbox.services.claim import claim
from staff.models import Role
from tests.factories import make_account, make_conversation, make_member

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def make_waiting(minutes: int, urgency: int = Urgency.ROUTINE, **changes):
    return make_conversation(urgency=urgency, waiting_since=NOW - timedelta(minutes=minutes), **changes)


def walk(member, wanted, limit):
    seen, after = [], None
    while True:
        page = list_queue(member, wanted, after, limit)
        seen += page.rows
        after = page.next
        if after is None:
            return seen


def test_what_could_not_be_judged_then_critical_then_urgent_then_longest_waiting(operator):
    routine_new, routine_old = make_waiting(1), make_waiting(90)
    urgent, critical = make_waiting(2, Urgency.URGENT), make_waiting(1, Urgency.CRITICAL)
    unjudged = make_waiting(1, Urgency.NONE, unjudged=True)
    page = list_queue(operator, QueueFilter())
    assert page.rows == [unjudged, critical, urgent, routine_old, routine_new]
    assert page.next is None


@pytest.mark.parametrize("tab", ["queue", "mine", "escalated", "waiting", "all"])
def test_pages_show_everything_once_in_order_in_every_tab(operator, tab):
    account = make_account()
    state = {
        "queue": {},
        "all": {},
        "mine": {"holder": operator, "held_until": NOW},
        "escalated": {"state": "escalated", "escalation_pending": True},
        "waiting": {"state": "waiting"},
    }[tab]
    made = {make_conversation(account, urgency=number % 4, **state).pk for number in range(7)}
    seen = [row.pk for row in walk(operator, QueueFilter(tab=tab), limit=2)]
    assert len(seen) == 7
    assert set(seen) == made
    assert seen == [row.pk for row in list_queue(operator, QueueFilter(tab=tab)).rows]


def test_the_way_back_leads_through_the_same_pages(operator):
    account = make_account()
    for _ in range(7):
        make_conversation(account)
    pages: list[QueuePage] = []
    after = None
    while True:
        page = list_queue(operator, QueueFilter(tab="all"), after, 3)
        pages.append(page)
        after = page.next
        if after is None:
            break
    assert pages[0].previous is None
    back = [pages[-1]]
    while back[-1].previous:
        back.append(list_queue(operator, QueueFilter(tab="all"), back[-1].previous, 3))
    assert [page.rows for page in reversed(back)] == [page.rows for page in pages]


def test_a_page_stays_true_when_an_urgent_one_arrives_above(operator):
    first, second, third = make_waiting(30), make_waiting(20), make_waiting(10)
    page = list_queue(operator, QueueFilter(), limit=2)
    make_waiting(1, Urgency.CRITICAL)
    assert page.rows == [first, second]
    assert list_queue(operator, QueueFilter(), page.next, 2).rows == [third]


def test_a_spoilt_place_is_the_start_of_the_list(operator):
    conversation = make_waiting(1)
    for spoilt in ("x", "bnVsbA", "W10", "WzEsMiwzXQ", "WzEsIjIwMjAtMDEtMDEiLDFd"):
        assert list_queue(operator, QueueFilter(), spoilt).rows == [conversation]


def test_tabs_are_counted_under_the_same_filters(operator):
    account = make_account()
    make_conversation(account)
    held = make_conversation(account, tags=["traffic"])
    claim(actor=operator, conversation_id=held.pk)
    make_conversation(account, state="waiting")
    make_conversation(account, state="escalated", escalation_pending=True)
    counts = count_tabs(operator, QueueFilter(account=account.pk))
    assert counts == {"queue": 2, "mine": 1, "escalated": 1, "waiting": 1, "all": 4}
    assert count_tabs(operator, QueueFilter(tag="traffic"))["all"] == 1
    assert count_tabs(operator, QueueFilter(account=account.pk + 1))["all"] == 0


def test_filters_narrow_the_list(operator):
    square = make_conversation(make_account(channel="square"), urgency=Urgency.URGENT)
    letter = make_conversation(make_account(channel="letter"), tags=["theft"])
    assert list_queue(operator, QueueFilter(channel="square")).rows == [square]
    assert list_queue(operator, QueueFilter(account=letter.account_id)).rows == [letter]
    assert list_queue(operator, QueueFilter(urgency=Urgency.URGENT)).rows == [square]
    assert list_queue(operator, QueueFilter(tag="theft")).rows == [letter]


def test_those_who_may_not_look_see_nothing_at_all():
    conversation = make_conversation()
    strangers: list[Any] = [make_member(role=Role.ADMIN), AnonymousUser()]
    for stranger in strangers:
        assert list_queue(stranger, QueueFilter(tab="all")).rows == []
        assert count_tabs(stranger, QueueFilter())["all"] == 0
        with pytest.raises(Conversation.DoesNotExist):
            load_conversation(stranger, conversation.pk)


@pytest.mark.parametrize("size", [1, 30])
def test_a_list_takes_two_queries_however_long_it_is(operator, size, django_assert_num_queries):
    account = make_account()
    for _ in range(size):
        make_conversation(account)
    with django_assert_num_queries(2):
        rows = list_queue(operator, QueueFilter()).rows
        assert [get_address(row) for row in rows if row.person.name and row.account.capabilities.label]
    assert len(rows) == size
