"""However a channel repeats, overlaps and reorders its pages, the same rows come of them."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.chain import verify
from inbox.incoming import Author, Incoming, Unreadable
from inbox.models import Conversation, Message, RawPayload
from tests.factories import make_account
from tests.inbox.pages import say as say_plain
from tests.inbox.pages import store

pytestmark = pytest.mark.django_db
quick = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
channels = count(1)


@st.composite
def stories(draw: st.DrawFn) -> list[Incoming | Unreadable]:
    """Return what a few people said in a few threads: some edited it, some deleted it, some is unreadable."""
    items: list[Incoming | Unreadable] = []
    for number in range(draw(st.integers(1, 8))):
        thread = draw(st.integers(0, 2))
        kind = draw(st.sampled_from(["plain", "edited", "deleted", "unreadable"]))
        if kind == "unreadable":
            items.append(Unreadable(f"m{number}", f"raw {number}".encode(), "Broken."))
            continue
        facts = {"thread_key": f"t{thread}", "author": Author(key=f"person {thread}")}
        if number and draw(st.booleans()):
            facts["in_reply_to"] = f"m{number - 1}"
        items.append(say_plain(f"m{number}", f"first {number}", **facts))
        if kind == "edited":
            items.append(say_plain(f"m{number}", f"second {number}", edited=True, **facts))
        if kind == "deleted":
            items.append(say_plain(f"m{number}", "", deleted=True, **facts))
    return items


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Any], list[list[Any]]]:
    """Return a story, and pages that tell it in order with repetitions and overlaps."""
    story = draw(stories())
    pages, at = [], 0
    while at < len(story):
        size = draw(st.integers(1, 4))
        start = max(0, at - draw(st.integers(0, 3)))
        pages.append(story[start : at + size])
        at += size
        if draw(st.booleans()):
            pages.append(draw(st.sampled_from(pages)))
    return story, pages


def make_fresh_account():
    return make_account(channel=f"square{next(channels)}")


def read(account):
    """Return what people would see, and the sources, without numbers and times."""
    messages = Message.objects.filter(account=account).select_related("conversation", "handle")
    return {
        message.remote_id: (
            message.text,
            message.conversation.thread_key,
            str(message.handle and message.handle.key),
            message.unreadable,
            message.deleted_at is not None,
            sorted(edit.text for edit in message.edits.all()),
        )
        for message in messages.defer("search")
    }


def read_standing(account):
    rows = Conversation.objects.filter(account=account)
    return sorted(rows.values_list("thread_key", "state", "urgency", "unjudged", "excerpt", "score"))


@quick
@given(deliveries())
def test_repeated_and_overlapping_pages_give_the_rows_of_one_clean_delivery(told):
    story, pages = told
    clean, messy = make_fresh_account(), make_fresh_account()
    for item in story:
        store(clean, item)
    for page in pages:
        store(messy, *page)
    assert read(messy) == read(clean)
    assert read_standing(messy) == read_standing(clean)
    sources = [RawPayload.objects.filter(account=one).count() for one in (clean, messy)]
    assert sources[0] == sources[1]


@quick
@given(stories(), st.randoms(use_true_random=False))
def test_reordered_pages_lose_nothing_and_join_the_same_conversations(story, chance):
    clean, messy = make_fresh_account(), make_fresh_account()
    shuffled = list(story)
    chance.shuffle(shuffled)
    store(clean, *story)
    for item in shuffled:
        store(messy, item)
    assert read(messy) == read(clean)


@quick
@given(stories())
def test_the_trail_of_any_delivery_is_whole(story):
    store(make_fresh_account(), *story)
    assert verify().whole
