"""How much of its allowance a page has used, as the headers tell it (contract section 2.6)."""

import json
from datetime import datetime
from math import ceil
from typing import Any

_HOUR = 3600.0
_REAL, _DEMO = 4_800, 480_000
"""Calls an hour: what a page of modest reach is given, and what a demonstration is given."""


class Usage:
    """Counts calls per page within the hour; begins in demonstration mode."""

    def __init__(self) -> None:
        self.real = False
        self._calls: dict[str, tuple[float, int]] = {}

    def take(self, page_id: str, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count one call: whether it is within the allowance, and the headers that say how full it is."""
        moment = now.timestamp()
        opened, used = self._calls.get(page_id, (moment, 0))
        if not 0 <= moment - opened < _HOUR:
            opened, used = moment, 0
        self._calls[page_id] = (opened, used + 1)
        percent = 100 * (used + 1) // (_REAL if self.real else _DEMO)
        left = 0 if percent < 100 else ceil((opened + _HOUR - moment) / 60)
        return percent < 100, _headers(page_id, percent, left)

    def full(self, seconds: float) -> dict[str, str]:
        """The headers of a page that was throttled for so long."""
        return _headers("0", 100, ceil(seconds / 60))

    def clear(self) -> None:
        self._calls.clear()


def _headers(page_id: str, percent: int, minutes: int) -> dict[str, str]:
    app = {"call_count": percent, "total_time": percent // 2, "total_cputime": percent // 3}
    page: dict[str, Any] = {"type": "pages", **app, "estimated_time_to_regain_access": minutes}
    return {
        "x-app-usage": json.dumps(app, separators=(",", ":")),
        "x-business-use-case-usage": json.dumps({page_id: [page]}, separators=(",", ":")),
    }
