"""Strings that break things: the collected lists where they are beside the project, and our own worst."""

import json
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "hostile"
# How many of them, from the beginning, are worth every field by itself.
VERY_WORST = 5
# Each has broken somebody's desk: NUL, digits that are none, numbers no row can hold, places in templates.
WORST = (
    "\x00",
    "²",
    "9" * 18,
    "9" * 19,
    "9" * 4_500,
    "before\x00after",
    "٣",
    "-1",
    "1e999",
    "{{7*7}}{% debug %}${7*7}%s%n",
    "' OR 1=1 --\\",
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "a\u0301" * 500 + "\u202e\u2066\ufeff\ufffe\U000e0041",
    "../../../../etc/passwd",
    "\r\nSet-Cookie: a=b\r\n\r\n",
    "[]{}\"'()&|!:*<->",
)


def read_shared(name: str) -> list[dict[str, str]] | list[str]:
    """Return a list from beside the project; skips aloud when it is not there."""
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"../shared/hostile/{name} is not here: its strings were not tried.")
    found: list[dict[str, str]] | list[str] = json.loads(path.read_bytes())
    return found


def read_naughty() -> list[str]:
    """Return the naughty strings."""
    return [str(line) for line in read_shared("naughty-strings.json")]


def read_attacks() -> list[str]:
    """Return the HTML attacks."""
    return [attack["payload"] for attack in read_shared("html.json") if isinstance(attack, dict)]
