"""Which reasons of a verdict are worth underlining for somebody who skims."""

from typing import Any

from triage.words import CATEGORY as LEARNED

# Single learned words, and words that only say how something is told ("he", "blue"), tell nothing alone.
QUIET = frozenset({LEARNED, "how it is told"})
LEAST = 0.25


def is_marked(reason: dict[str, Any]) -> bool:
    """Say whether a stored reason moved the score by what it says, not by how."""
    return reason.get("category") not in QUIET and abs(float(reason.get("weight") or 0)) >= LEAST
