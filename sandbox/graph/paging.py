"""Pages of an edge: cursors, `next` and `previous` as absolute addresses (contract section 2.3)."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from sandbox.graph.errors import refuse
from sandbox.graph.things import Part

_ORIGIN = "https://graph.facebook.com"
_MOST = 100

Row = TypeVar("Row")


@dataclass(frozen=True)
class Edge:
    """Which list is paged, and how it was asked for, so that the next page can be addressed."""

    owner: str
    name: str
    version: str
    query: dict[str, str]

    def limit(self, default: int = 25) -> int:
        """Refused (100): no number, or more than 100."""
        text = self.query.get("limit", str(default))
        if not text.isdecimal() or int(text[:9]) > _MOST:
            raise refuse(100, f"(#100) Param limit must be a number from 0 to {_MOST}")
        return int(text)

    def part(self, newest_first: bool = True) -> Part:
        """One row more than the limit is read to know whether a next page exists."""
        before = _number(self.query, "before")
        return Part(
            after=_number(self.query, "after"),
            before=before,
            since=_moment(self.query, "since"),
            until=_moment(self.query, "until"),
            limit=self.limit() + 1,
            newest_first=newest_first,
        )

    def page(
        self, rows: Sequence[Row], more: bool, cursor: Callable[[Row], str], shape: Callable[[Row], Any]
    ) -> dict[str, Any]:
        """`data` and, when there is anything, `paging`."""
        body: dict[str, Any] = {"data": [shape(row) for row in rows]}
        if not rows:
            return body
        first, last = cursor(rows[0]), cursor(rows[-1])
        paging: dict[str, Any] = {"cursors": {"before": first, "after": last}}
        if more:
            paging["next"] = self._address("after", last)
        if "after" in self.query:
            paging["previous"] = self._address("before", first)
        return {**body, "paging": paging}

    def _address(self, direction: str, cursor: str) -> str:
        kept = {name: value for name, value in self.query.items() if name not in ("after", "before")}
        return f"{_ORIGIN}/{self.version}/{self.owner}/{self.name}?{urlencode({**kept, direction: cursor})}"


def cursor_of(*numbers: int) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode("/".join(str(number) for number in numbers).encode()).decode().rstrip("=")


def read_cursor(text: str, name: str) -> tuple[int, ...]:
    """The numbers of a cursor. Refused (100): it is none of ours."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        return tuple(int(part) for part in plain.split("/"))
    except (binascii.Error, ValueError):
        raise refuse(100, f"(#100) Invalid parameter: the cursor in {name!r} is not valid") from None


def _number(query: dict[str, str], name: str) -> int | None:
    return read_cursor(query[name], name)[-1] if query.get(name) else None


def _moment(query: dict[str, str], name: str) -> datetime | None:
    """A unix time in seconds, or an ISO date and time."""
    text = query.get(name)
    if not text:
        return None
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text), UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise refuse(100, f"(#100) Param {name} is not a valid time") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
