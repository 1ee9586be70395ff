"""Plain sentences get the grade that any sergeant would give, and the words staff see make sense."""

import json
from pathlib import Path

import pytest

from triage import Facts, Level, assess
from triage.live import pack
from triage.verdict import Verdict

CONTACTS = Path(__file__).parent / "contacts" / "plain_grades.jsonl"
ROWS = [json.loads(line) for line in CONTACTS.read_text(encoding="utf-8").splitlines()]
MOST_TAGS = 4


def texts(level: Level) -> list[str]:
    return [row["text"] for row in ROWS if Level.of(row["level"]) is level]


def share(level: Level, wanted: set[Level]) -> float:
    return sum(assess(Facts(text)).level in wanted for text in texts(level)) / len(texts(level))


@pytest.mark.parametrize("text", texts(Level.CRITICAL))
def test_a_life_in_danger_now_is_critical(text: str) -> None:
    verdict = assess(Facts(text))
    assert verdict.level is Level.CRITICAL, verdict.score


@pytest.mark.parametrize("text", texts(Level.URGENT))
def test_what_cannot_wait_is_never_below_urgent(text: str) -> None:
    verdict = assess(Facts(text))
    assert verdict.level >= Level.URGENT, verdict.score


@pytest.mark.parametrize("text", texts(Level.ROUTINE))
def test_a_report_or_a_question_always_leaves_the_desk_something_to_do(text: str) -> None:
    assert assess(Facts(text)).level >= Level.ROUTINE


@pytest.mark.parametrize("text", texts(Level.NONE))
def test_chatter_raises_no_alarm(text: str) -> None:
    assert assess(Facts(text)).level <= Level.ROUTINE


def test_critical_stays_apart_from_urgent_and_everyday_business_calm() -> None:
    assert share(Level.URGENT, {Level.URGENT}) >= 0.7
    assert share(Level.ROUTINE, {Level.ROUTINE}) >= 0.9
    assert share(Level.NONE, {Level.NONE}) >= 0.8


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("help he has a knife", "weapon"),
        ("my daughter is missing she is 6", "missing"),
        ("house on fire on Mill Lane people inside", "fire"),
        ("loud music again next door", "noise"),
        ("I want to make a complaint about an officer", "complaint"),
        ("lost my purse on the 47 bus", "lost property"),
        ("my bike was stolen this morning", "theft"),
        ("what time does the station open", "enquiry"),
    ],
)
def test_the_first_tag_says_what_it_is_about(text: str, tag: str) -> None:
    assert assess(Facts(text)).tags[0] == tag


def test_no_verdict_shows_more_than_a_handful_of_tags_or_a_word_of_the_engine() -> None:
    shown: set[str] = set()
    for row in ROWS:
        tags = assess(Facts(row["text"])).tags
        assert len(tags) <= MOST_TAGS
        shown.update(tags)
    assert not shown & {
        "time",
        "pleas",
        "wording",
        "when and where",
        "threat",
        "harm",
        "idle",
        "request",
        "routine",
    }


def leading(verdict: Verdict) -> str:
    return verdict.reasons[0].category


@pytest.mark.parametrize("text", texts(Level.CRITICAL))
def test_the_explanation_leads_with_what_happened(text: str) -> None:
    assert leading(assess(Facts(text))) not in {"how it is told", "when and where", "base"}


def test_how_something_is_told_never_weighs_as_much_as_what_happened() -> None:
    told = [rule for rule in pack().rules if rule.category == "how it is told"]
    assert told
    assert max(rule.weight for rule in told) <= 0.5
