"""What a verdict says, on rules small enough to count by hand."""

import re
from collections.abc import Callable

import pytest

from triage import Facts, Level, assess, current_version
from triage.engine import Engine
from triage.verdict import Verdict

EngineFrom = Callable[[str], Engine]
KNIFE = "[knife] A knife\nweight: 2.5\nsay: has .. knife\n"


def test_reasons_point_at_the_words_as_they_were_typed(engine_from: EngineFrom) -> None:
    verdict = engine_from(KNIFE).assess(Facts("Quick!! he has a big KNIIIFE 😱"))
    reason = next(reason for reason in verdict.reasons if reason.rule == "knife")
    assert reason.quote == "has a big KNIIIFE"
    assert reason.span is not None
    assert verdict.score == 3.5
    assert verdict.level is Level.URGENT


@pytest.mark.parametrize(
    "text", ["he has a knіfe", "he has a kn\u200bife", "he has a ＫＮＩＦＥ", "he HAS a knnnnife"]
)
def test_disguised_and_stretched_words_are_read(engine_from: EngineFrom, text: str) -> None:
    assert engine_from(KNIFE).assess(Facts(text)).level is Level.URGENT


def test_a_negated_danger_weighs_nothing_and_says_so(engine_from: EngineFrom) -> None:
    near = engine_from(KNIFE).assess(Facts("he never has a knife"))
    assert near.reasons[0].modifier == "negated: never"
    assert near.reasons[0].weight == 0.0


def test_a_negation_ends_at_a_comma_or_but(engine_from: EngineFrom) -> None:
    engine = engine_from(KNIFE)
    assert engine.assess(Facts("not me, he has a knife")).level is Level.URGENT
    assert engine.assess(Facts("not big but he has a knife")).level is Level.URGENT


def test_gaps_do_not_reach_into_the_next_sentence(engine_from: EngineFrom) -> None:
    assert engine_from(KNIFE).assess(Facts("look what he has. a knife")).level is Level.ROUTINE


def test_a_floor_lifts_the_score_by_a_reason_of_its_own(engine_from: EngineFrom) -> None:
    engine = engine_from(
        "[breath] Not breathing\nweight: 1\nfloor: critical\nfirm: yes\nsay: not breathing\n"
    )
    verdict = engine.assess(Facts("she is not breathing"))
    assert verdict.level is Level.CRITICAL
    assert verdict.floor is Level.CRITICAL
    assert [reason.weight for reason in verdict.reasons] == [5.0, 1.0, 1.0]


def test_what_is_softened_does_not_hold_a_floor(engine_from: EngineFrom) -> None:
    hit = "[hit] Hit\nweight: 2\nfloor: urgent\nsay: hit me\n\n"
    past = "[past] in the past\nfactor: 0.5\nsay: last year\n"
    verdict = engine_from(hit + past).assess(Facts("he hit me last year"))
    assert verdict.floor is None
    assert (verdict.reasons[0].weight, verdict.reasons[0].modifier) == (1.0, "in the past")


def test_a_rule_that_fails_raises_the_message_and_marks_it(
    engine_from: EngineFrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_from("[code] A code\nweight: -1\npattern: zebra\n")

    class Broken:
        def search(self, text: str) -> None:
            raise RuntimeError("out of memory")

    monkeypatch.setattr(engine._compiled, "patterns", ((0, Broken()),))
    verdict = engine.assess(Facts("a zebra at the zoo"))
    assert verdict.incomplete
    assert verdict.level is Level.CRITICAL


def test_a_text_too_long_to_read_whole_is_judged_at_both_ends_and_raised() -> None:
    text = "hello there " * 90_000 + "he is kicking my door in right now please help"
    verdict = assess(Facts(text))
    assert verdict.incomplete
    assert verdict.level >= Level.URGENT
    assert any(reason.span and reason.span[0] > 1_000_000 for reason in verdict.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "\ud800 help",
        "😂" * 300,
        "a" * 5000,
        "?" * 5000,
        "(" * 5000,
        "٣٤ ١٢",
        "²³ ½",
        "^ $ .",
    ],
)
def test_no_text_breaks_the_engine(text: str) -> None:
    verdict = assess(Facts(text))
    assert not verdict.incomplete
    assert Verdict.from_json(verdict.to_json()) == verdict


def test_a_language_without_rules_is_shown_to_a_person() -> None:
    verdict = assess(Facts("Я в небезпеці, він стоїть біля дверей"))
    assert verdict.level is Level.URGENT
    assert "language-unknown" in verdict.tags


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("cy", "Helpwch, mae dyn gyda cyllell tu allan i'r drws ac mae o'n bygwth fy lladd"),
        ("pl", "Pomocy, mąż mnie bije i zamknął mnie w łazience, proszę szybko"),
        ("ro", "Ajutor, soțul mă bate și a zis că mă omoară, vă rog repede"),
        ("ur", "Jaldi police bhejein mera shohar mujhe maar raha hai aur darwaza band kar diya hai"),
        ("ur", "میرا شوہر مجھے مار رہا ہے جلدی پولیس بھیج دیں"),
        ("pa", "Ghar wala menu kuttda hai te maar den dian dhamki dinda hai, chheti madad karo ji"),
        ("pa", "ਮੇਰਾ ਪਤੀ ਮੈਨੂੰ ਕੁੱਟਦਾ ਹੈ ਛੇਤੀ ਮਦਦ ਕਰੋ"),
    ],
)
def test_danger_is_understood_in_the_languages_of_the_packs(language: str, text: str) -> None:
    verdict = assess(Facts(text))
    assert verdict.language == language
    assert verdict.level >= Level.URGENT


def test_danger_told_before_still_counts_until_it_is_over() -> None:
    thread = ("my husband is beating me and he has locked the door, please help", "[Force] Are you safe?")
    with_thread, alone = assess(Facts("yes", thread=thread)), assess(Facts("yes"))
    assert with_thread.score > alone.score
    over = assess(Facts("he has been arrested, all sorted, thank you", thread=thread))
    assert not any(reason.rule == "thread" for reason in over.reasons)


def test_thanks_ask_for_nothing_and_a_question_asks_for_something() -> None:
    assert assess(Facts("thanks so much to the lovely officers 👍")).level is Level.NONE
    assert assess(Facts("thanks, how do I report a lost wallet?")).level is Level.ROUTINE


def test_the_version_names_the_content_of_the_rules(pack_from: Callable[[str], object]) -> None:
    assert re.fullmatch(r"\d+-[0-9a-f]{12}", current_version())
    one, other = pack_from(KNIFE), pack_from(KNIFE.replace("2.5", "2.25"))
    assert one.version != other.version  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("cy", "mae bachgen wedi syrthio i'r afon"),
        ("pl", "pijany kierowca jedzie zygzakiem"),
        ("ro", "un șofer beat conduce în zigzag"),
        ("ur", "bacha nehr mein gir gaya, doob raha hai"),
        ("ur", "بچہ دریا میں گر گیا ہے"),
        ("pa", "bebe nu dementia aa, ghar ton nikal gayi"),
        ("pa", "ਬੱਚਾ ਨਹਿਰ ਵਿੱਚ ਡੁੱਬ ਰਿਹਾ ਹੈ"),
    ],
)
def test_a_short_message_is_known_by_the_words_of_its_language_and_its_rules_speak(language, text):
    verdict = assess(Facts(text=text))
    assert verdict.language == language
    assert any(reason.rule.startswith(f"{language}.") for reason in verdict.reasons)


@pytest.mark.parametrize("text", ["i do not know what i do", "a drama at the stop", "my phone and my bag"])
def test_english_words_that_others_share_do_not_bring_their_rules(text):
    reasons = assess(Facts(text=text)).reasons
    assert not [one.rule for one in reasons if one.rule[:3] in {"cy.", "pl.", "ro.", "ur.", "pa."}]
