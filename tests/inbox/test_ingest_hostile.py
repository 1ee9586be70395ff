"""What strangers send to break the desk: every input is exactly one item, and nothing else suffers."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inbox.incoming import Author, IncomingFile, ReplyTerms, Unreadable
from inbox.models import Message
from inbox.text import fit_key, make_storable
from tests.factories import make_account
from tests.inbox.pages import load, say, store

pytestmark = pytest.mark.django_db
HOSTILE = Path(__file__).parents[3] / "shared" / "hostile"
LONG = "k" * 5_000


def find_strings(data: Any) -> Iterator[str]:
    """Yield every string in a JSON document."""
    if isinstance(data, str):
        yield data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from find_strings(part)


@pytest.fixture
def account():
    return make_account()


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "\udfff", "a\x00b\ud83d", "\U000e0041\ud800"])
def test_what_cannot_be_stored_is_shown_as_replaced_in_every_field_and_the_source_is_untouched(account, bad):
    item = say(
        "r1",
        f"text {bad}",
        raw=b"\x00\xff raw",
        subject=f"s{bad}",
        quoted=f"q{bad}",
        html=f"<p>{bad}</p>",
        url=f"https://x/{bad}",
        in_reply_to=f"i{bad}",
        joins=(f"j{bad}",),
        thread_key=f"t{bad}",
        author=Author(key=f"k{bad}", name=f"n{bad}", address=f"@{bad}"),
        media_type=f"m{bad}",
        terms=ReplyTerms(public_refusal=bad, private_target=bad, recipients=(bad,)),
        remarks=(bad,),
        files=(IncomingFile(f"f{bad}", f"m/{bad}", b"1", alternative=bad), IncomingFile(source=bad)),
    )
    assert store(account, item).new == 1
    message = load("r1")
    assert message.altered
    assert message.text == "text " + make_storable(bad)
    assert "\ufffd" in message.text
    assert bytes(message.raw.body) == b"\x00\xff raw"
    assert store(account, item).new == 0


def test_ids_that_differ_only_in_what_cannot_be_stored_stay_two_messages(account):
    assert store(account, say("a\x00"), say("a\ud800"), say("a\ufffd")).new == 3


def test_ids_longer_than_a_row_can_hold_stay_distinct(account):
    assert store(account, say(LONG + "1"), say(LONG + "2"), say(LONG[:500])).new == 3
    assert store(account, say(LONG + "1")).new == 0
    assert len(fit_key(LONG, 500)) == 500


def test_everything_too_long_is_cut_to_what_is_shown_and_the_text_is_kept_whole(account):
    author = Author(key=LONG, name=LONG, address=LONG)
    facts = {"subject": LONG, "url": LONG, "media_type": LONG, "in_reply_to": LONG, "thread_key": LONG}
    files = (IncomingFile(LONG, LONG, None, LONG, LONG),)
    store(account, say("r1", "x" * 1_000_000, author=author, files=files, **facts))
    assert len(load("r1").text) == 1_000_000


def test_an_unreadable_item_with_hostile_words_is_still_one_item(account):
    assert store(account, Unreadable(LONG + "\x00", b"\x00", "\x00\ud800" + LONG, LONG)).new == 1


@pytest.mark.parametrize("text", ["", " ", "\n" * 5_000, "😀" * 3_000, "a" + "\u0301" * 5_000, "\u202e evil"])
def test_odd_texts_are_one_item_each(account, text):
    assert store(account, say(text=text)).new == 1
    assert load().text == text


def test_one_word_too_long_for_the_search_does_not_stop_a_page(account):
    assert store(account, say("p1", "w" * 90_000), say("p2", "词" * 200_000), say("p3")).new == 3


def test_times_at_the_ends_of_the_calendar_are_kept(account):
    ends = (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(2026, 1, 1))  # noqa: DTZ001
    assert store(account, *(say(f"p{n}", written_at=moment) for n, moment in enumerate(ends))).new == 3
    assert load("p0").terms["remarks"]


def test_an_empty_key_is_somebody_nobody_knows(account):
    assert store(account, say(author=Author(key=""))).new == 1


def test_every_line_of_the_hostile_lists_is_exactly_one_item(account):
    if not HOSTILE.is_dir():
        pytest.skip("../shared/hostile is not here: its strings were not tried.")
    lines = set(find_strings([json.loads(path.read_bytes()) for path in HOSTILE.glob("*.json")]))
    items = [
        say(f"h{n}", line, author=Author(key=f"h{n}{line}", name=line, address=line), subject=line, html=line)
        for n, line in enumerate(sorted(lines, key=ascii))
    ]
    assert len(items) > 200
    for first in range(0, len(items), 100):
        store(account, *items[first : first + 100])
    assert Message.objects.count() == len(items)
