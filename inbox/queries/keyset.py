"""A place in an ordered list, as one opaque word that a page's address can hold."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model

TIMES = frozenset({"waiting_since", "last_message_at", "since"})


def write_place(row: Model, order: Sequence[str]) -> str:
    """Return the place of `row` in a list ordered by these fields."""
    values = [getattr(row, name) for name in order]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read_place(word: str, order: Sequence[str]) -> list[Any] | None:
    """Return the values that `write_place` put into `word`; None when it is spoilt or from another list."""
    try:
        values = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(values, list) or len(values) != len(order):
        return None
    try:
        return [read_value(name, value) for name, value in zip(order, values, strict=True)]
    except (TypeError, ValueError, OverflowError):
        return None


def read_value(name: str, value: Any) -> Any:
    """Return one value in its own type; ValueError, TypeError or OverflowError when it is none."""
    if name in TIMES:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(name)
        # In UTC, for the database knows smaller offsets only; OverflowError at the ends of the calendar.
        return moment.astimezone(UTC)
    number = int(value)
    if abs(number) >= 2**63:
        raise ValueError(name)
    return number
