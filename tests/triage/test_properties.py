"""What holds for every message whatsoever."""

from hypothesis import given, settings
from hypothesis import strategies as st

from triage import Facts, Level, assess
from triage.live import pack

WORDS = sorted({word for rule in pack().rules for text in rule.hit for word in text.split()})
SENTENCES = [text for rule in pack().rules for text in rule.hit]
FLOORED = [text for rule in pack().rules if rule.floor for text in rule.hit if assess(Facts(text)).floor]
written = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.lists(st.sampled_from(SENTENCES), max_size=6).map(". ".join),
)
threads = st.lists(st.one_of(st.sampled_from(SENTENCES), st.just("[Force] Are you safe?")), max_size=3)
# Sentences about nothing, which no rule may take for an end of the danger.
UNRELATED = ["The moon is round", "Blue socks", "Ravensby", "It rains", "A spoon", "Yellow", "Seven sheep"]


@given(written, threads)
@settings(max_examples=250, deadline=None)
def test_the_weights_of_the_reasons_add_up_to_the_score(text: str, thread: list[str]) -> None:
    verdict = assess(Facts(text, thread=tuple(thread)))
    assert sum(reason.weight for reason in verdict.reasons) == verdict.score
    assert all(reason.weight * 4 == int(reason.weight * 4) for reason in verdict.reasons)


@given(written)
@settings(max_examples=250, deadline=None)
def test_every_span_lies_in_the_text_and_holds_its_quote(text: str) -> None:
    for reason in assess(Facts(text)).reasons:
        if reason.span is not None:
            start, end = reason.span
            assert 0 <= start <= end <= len(text)
            assert text[start:end] == reason.quote


@given(written)
@settings(max_examples=250, deadline=None)
def test_no_level_is_below_its_floor_or_beside_its_band(text: str) -> None:
    verdict = assess(Facts(text))
    bands = pack().bands
    assert verdict.floor is None or verdict.level >= verdict.floor
    assert (verdict.level is Level.CRITICAL) == (verdict.score >= bands.critical)
    assert (verdict.level >= Level.URGENT) == (verdict.score >= bands.urgent)


@given(st.sampled_from(FLOORED), st.sampled_from(UNRELATED), st.booleans())
@settings(max_examples=300, deadline=None)
def test_an_unrelated_sentence_never_lowers_a_floor(text: str, unrelated: str, before: bool) -> None:
    alone = assess(Facts(text)).floor
    longer = f"{unrelated}. {text}" if before else f"{text}. {unrelated}."
    together = assess(Facts(longer)).floor
    assert alone is not None
    assert together is not None
    assert together >= alone


@given(written, threads)
@settings(max_examples=100, deadline=None)
def test_the_same_message_and_version_give_the_same_verdict(text: str, thread: list[str]) -> None:
    facts = Facts(text, thread=tuple(thread))
    assert assess(facts) == assess(facts)
