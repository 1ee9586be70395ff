"""Length as a channel counts it."""

from pathlib import Path

import pytest
import yaml

from inbox.length import measure

RECORDED = Path(__file__).parents[3] / "shared/contracts/recorded/twitter/twitter-text"


def read_vectors():
    file = RECORDED / "conformance__validate.yml"
    if not file.exists():
        return []
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]
    names = ("WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest")
    return [case for name in names for case in groups[name]]


@pytest.mark.skipif(not read_vectors(), reason="the recorded vectors are not beside the project")
@pytest.mark.parametrize("case", read_vectors(), ids=lambda case: case["description"][:60])
def test_our_count_is_the_recorded_count(case):
    assert measure(case["text"], "weighted") == case["expected"]["weightedLength"]
