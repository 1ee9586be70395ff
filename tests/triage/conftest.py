from collections.abc import Callable
from pathlib import Path

import pytest

from triage.engine import Engine
from triage.rules.load import load
from triage.rules.model import Pack

PackFrom = Callable[[str], Pack]


@pytest.fixture
def pack_from(tmp_path: Path) -> PackFrom:
    """A small pack made of the rules in a text, for tests that need to know every weight."""

    def make(rules: str) -> Pack:
        folder = tmp_path / f"pack{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        (folder / "bands.words").write_text("base: 1\nurgent: 3\ncritical: 7\n", encoding="utf-8")
        (folder / "languages.words").write_text("en: he, has, the, a, is, not, i, at\n", encoding="utf-8")
        (folder / "lists.words").write_text("negator: not, no, never\nnot-negating: sure\n", encoding="utf-8")
        (folder / "own.rules").write_text(f"category: test\nowner: test\n\n{rules}", encoding="utf-8")
        return load(folder)

    return make


@pytest.fixture
def engine_from(pack_from: PackFrom) -> Callable[[str], Engine]:
    return lambda rules: Engine(pack_from(rules))
