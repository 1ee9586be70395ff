"""Length as a channel counts it."""

from pathlib import Path

import pytest
import yaml

from inbox.length import measure

RECORDED = Path(__file__).parents[3] / "shared/contracts/recorded/twitter/twitter-text"


COUNTED_WITH_EMOJI = ("WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest")
# Recorded for the configuration before emoji counted two as a whole: true for us where no emoji is joined.
COUNTED_BEFORE = "WeightedTweetsCounterTest"


def read_vectors():
    file = RECORDED / "conformance__validate.yml"
    if not file.exists():
        return []
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]
    cases = [case for name in COUNTED_WITH_EMOJI for case in groups[name]]
    plain = [case for case in groups[COUNTED_BEFORE] if "\u200d" not in case["text"]]
    return [*cases, *plain]


@pytest.mark.skipif(not read_vectors(), reason="the recorded vectors are not beside the project")
@pytest.mark.parametrize("case", read_vectors(), ids=lambda case: case["description"][:60])
def test_our_count_is_the_recorded_count(case):
    assert measure(case["text"], "weighted") == case["expected"]["weightedLength"]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("See example.com/report for more", 4 + 23 + 9),
        ("See https://example.com/a/very/long/path?with=a&query=b.", 4 + 23 + 1),
        ("Stop.Right now", 14),
        ("me@example.com", 14),
        ("👨‍👩‍👧‍👦", 2),
        ("🏴󠁧󠁢󠁷󠁬󠁳󠁿", 2),
        ("1️⃣", 2),
        ("e\u0301", 1),
        ("漢字", 4),
        ("", 0),
    ],
)
def test_addresses_emoji_and_scripts_weigh_what_they_should(text, length):
    assert measure(text, "weighted") == length


def test_an_address_with_a_rare_ending_never_counts_less_than_the_channel_might_count():
    assert measure("https://a.zzzzzz", "weighted") == 23
    long = "https://a.zzzzzz/" + "x" * 50
    assert measure(long, "weighted") == len(long)


def test_plain_counting_counts_code_points():
    assert measure("👨‍👩‍👧 é", "characters") == 7


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("👨‍👩‍👧 é", 3),
        ("e\u0301" * 10, 10),
        ("👨‍👩‍👧‍👦" * 300, 750),  # 300 characters to a reader, but 7,500 bytes
        ("https://example.com/" + "x" * 80, 100),
        ("", 0),
    ],
)
def test_graphemes_are_counted_as_a_reader_sees_them_and_never_below_a_tenth_of_the_bytes(text, length):
    assert measure(text, "graphemes") == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("See https://example.com/a/very/long/path?with=a&query=b.", 4 + 23 + 1),
        ("example.com/a", 13),
        ("@jo@far.example thank you", 3 + 10),
        ("@jo_m.x@far.example!", 8),
        ("mail jo@far.example", 19),
        ("👨‍👩‍👧‍👦" * 500, 500),
    ],
)
def test_linked_counting_shortens_addresses_and_the_servers_of_names(text, length):
    assert measure(text, "linked") == length
