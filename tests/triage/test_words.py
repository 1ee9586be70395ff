"""Words are learned from labels as rules that people can read, and never against sense."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.core.management import call_command

from triage import Facts
from triage.engine import Engine
from triage.fit import Strength
from triage.labelled import Labelled
from triage.live import pack
from triage.propose import accept, propose
from triage.rules.load import load
from triage.rules.model import Pack
from triage.verdict import Level
from triage.words import CATEGORY, Wanted

PackFrom = Callable[[str], Pack]
EngineFrom = Callable[[str], Engine]
CONTACTS = Path(__file__).parent / "contacts"
CALM = ["the fete is on saturday", "when is the fete", "a knife stall at the fete", "fete parking"]
GRAVE = ["he is upstairs and i am hiding", "someone upstairs", "upstairs now", "they are upstairs"]


def labelled() -> list[Labelled]:
    calm = [Labelled(Facts(text), urgent=False, level=Level.ROUTINE) for text in CALM * 3]
    return calm + [Labelled(Facts(text), urgent=True, level=Level.URGENT) for text in GRAVE * 3]


def learned(before: Pack) -> dict[str, float]:
    proposal = propose(before, labelled(), [1.0] * len(labelled()), Strength(), Wanted(ridge=0.01))
    return {way: word.weight for word in proposal.words or () for way in word.ways}


def test_words_lean_the_way_the_labels_say(pack_from: PackFrom) -> None:
    words = learned(pack_from("[none] Nothing\nweight: 1\nsay: zebra\n"))
    assert words["upstairs"] > 0 > words["fete"]
    assert max(map(abs, words.values())) <= 2


def test_a_grave_word_is_never_learned_as_everyday(pack_from: PackFrom) -> None:
    before = pack_from("[none] Nothing\nweight: 1\nsay: zebra\n")
    assert learned(before)["knife"] < 0
    grave = replace(before, lists={**before.lists, "grave": ("sharp",), "sharp": ("knife",)})
    assert learned(grave).get("knife", 0) >= 0


def test_written_rules_keep_their_weights_and_learned_ones_are_learned_anew(tmp_path: Path) -> None:
    target = tmp_path / "proposed"
    call_command("fit", CONTACTS / "learned.jsonl", out=target, words=40, stdout=io.StringIO())
    shipped, proposed = pack(), load(target)
    weights = {rule.id: rule.weight for rule in proposed.rules}
    assert all(weights[rule.id] == rule.weight for rule in shipped.rules if rule.category != CATEGORY)
    assert 0 < len([rule for rule in proposed.rules if rule.category == CATEGORY]) <= 40
    assert shipped.bands.base == proposed.bands.base


def test_a_doubtful_floor_gives_way_only_to_what_its_own_sentence_says(engine_from: EngineFrom) -> None:
    engine = engine_from(
        "[gun] A gun\nweight: 1\nfloor: critical\nsay: gun\n\n"
        "[golf] Golf\nweight: -3\nsay: golf\n\n[rain] Rain\nweight: -1.5\nsay: rain\n"
    )
    assert engine.assess(Facts("he has a gun. rain")).floor is Level.CRITICAL
    given = engine.assess(Facts("a gun at golf"))
    assert given.floor is None
    assert any(reason.modifier == "but all else is everyday" for reason in given.reasons)


def test_a_firm_floor_gives_way_to_nothing(engine_from: EngineFrom) -> None:
    engine = engine_from(
        "[gun] A gun\nweight: 1\nfirm: yes\nfloor: critical\nsay: gun\n\n[golf] Golf\nweight: -4\nsay: golf\n"
    )
    assert engine.assess(Facts("a gun at golf")).floor is Level.CRITICAL


def test_no_learned_word_is_louder_than_two_points_or_holds_a_floor() -> None:
    words = [rule for rule in pack().rules if rule.category == CATEGORY]
    assert len(words) >= 400
    assert all(abs(rule.weight) <= 2 and rule.floor is None and rule.why for rule in words)


def test_accepting_a_proposal_leaves_no_older_word(pack_from: PackFrom) -> None:
    before = pack_from("[old] Old\ncategory: learned words\nweight: 1\nsay: zebra\n")
    proposal = propose(before, labelled(), [1.0] * len(labelled()), Strength(), Wanted())
    assert "old" not in {rule.id for rule in accept(before, proposal).rules}
