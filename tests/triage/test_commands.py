"""The commands that measure the rules and propose weights."""

import io
import json
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from triage.live import engine
from triage.management.commands.assess import assess_lines
from triage.measures import Curve, count
from triage.rules.load import SHIPPED, load

CONTACTS = Path(__file__).parent / "contacts"


def test_assess_answers_line_by_line_in_order_and_goes_on_after_a_bad_one() -> None:
    lines = [
        '{"id": 7, "text": "he is kicking my door in right now"}\n',
        "not json\n",
        "\n",
        '{"id": 8}\n',
        '{"id": 9, "text": "ok", "thread": ["a", 5]}\n',
        "[1]\n",
        '{"id": "x", "text": "lol"}\n',
    ]
    sink = io.StringIO()
    assert assess_lines(lines, sink, engine()) == 4
    answers = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert [answer["id"] for answer in answers] == [7, None, 8, 9, None, "x"]
    assert answers[0]["level"] in {"urgent", "critical"}
    assert set(answers[0]["reasons"][0]) == {"rule", "weight", "span"}
    assert sum(reason["weight"] for reason in answers[0]["reasons"]) == answers[0]["score"]
    assert ["error" in answer for answer in answers] == [False, True, True, True, True, False]


def test_replay_prints_the_figures_that_people_compare() -> None:
    out = io.StringIO()
    call_command("replay", str(CONTACTS / "kept.jsonl"), stdout=out)
    printed = out.getvalue()
    for name in ("recall", "precision", "F1", "F2", "PR-AUC", "recall at precision .80", "critical flagged"):
        assert name in printed
    with pytest.raises(CommandError, match="not a labelled message"):
        call_command("replay", __file__, stdout=out)


def test_fit_writes_a_pack_that_can_be_replayed(tmp_path: Path) -> None:
    target = tmp_path / "proposed"
    call_command("fit", str(CONTACTS / "learned.jsonl"), out=target, stdout=io.StringIO())
    shipped, proposed = load(SHIPPED), load(target)
    assert [rule.id for rule in shipped.rules] == [rule.id for rule in proposed.rules]
    assert shipped.version != proposed.version
    assert all(a.weight * b.weight >= 0 for a, b in zip(shipped.rules, proposed.rules, strict=True))
    call_command("replay", str(CONTACTS / "kept.jsonl"), pack=target, stdout=io.StringIO())


def test_plain_cries_for_help_are_urgent_and_plain_business_is_not() -> None:
    out = io.StringIO()
    call_command("replay", str(CONTACTS / "kept.jsonl"), stdout=out)
    figures = dict(line.rsplit(maxsplit=1) for line in out.getvalue().splitlines()[1:9])
    assert float(figures["recall"]) >= 0.9
    assert float(figures["precision"]) >= 0.9


def test_the_measures_agree_with_a_case_counted_by_hand() -> None:
    curve = Curve.of([5, 4, 3, 2, 1], [True, False, True, False, False])
    assert curve.area() == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert curve.recall_at(0.6) == 1.0
    assert curve.recall_at(0.9) == 0.5
    counts = count([True, True, False, False], [True, False, True, False])
    assert (counts.recall(), counts.precision(), counts.f(1)) == (0.5, 0.5, 0.5)


def test_a_million_characters_take_less_than_a_moment() -> None:
    from triage import Facts, assess

    text = "he was outside my door with a knife. help me now " * 21_000
    best = min(_seconds(lambda: assess(Facts(text))) for _ in range(5))
    assert best < 0.05


def _seconds(work: object) -> float:
    start = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - start
