"""Faults that a test or a trainer orders: what goes wrong, where, how often."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from sandbox.journal import Journal

UNTIL_CLEARED = 0


@dataclass
class Fault:
    """One order. `operation` may hold `*`; `times` 0 means until cleared; `skip` lets that many pass first.

    `more` holds what the fault itself needs: seconds, status, code, subcode, title, detail and the like.
    """

    channel: str
    operation: str
    fault: str
    times: int = 1
    skip: int = 0
    account: str | None = None
    more: dict[str, Any] = field(default_factory=dict)
    used: int = 0

    def seconds(self, default: float) -> float:
        return float(self.more.get("seconds", default))

    def fits(self, channel: str, operation: str, account: str | None) -> bool:
        return (
            self.channel in (channel, "*")
            and fnmatchcase(operation, self.operation)
            and self.account in (None, account)
        )


class Faults:
    """Orders in the sequence they were given; the first that fits is taken."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._orders: list[Fault] = []

    def order(self, fault: Fault) -> None:
        self._orders.append(fault)

    def clear(self) -> int:
        """Drop every order; gives how many there were."""
        count = len(self._orders)
        self._orders.clear()
        return count

    def listed(self) -> list[Fault]:
        return list(self._orders)

    def take(self, channel: str, operation: str, account: str | None = None) -> Fault | None:
        """The fault this call must suffer, or None. Using one writes a "fault" entry into the journal."""
        for order in self._orders:
            if not order.fits(channel, operation, account):
                continue
            if order.skip:
                order.skip -= 1
                return None
            return self._use(order, channel, operation)
        return None

    def _use(self, order: Fault, channel: str, operation: str) -> Fault:
        order.used += 1
        if order.times != UNTIL_CLEARED and order.used >= order.times:
            self._orders.remove(order)
        self._journal.add("fault", channel, {"operation": operation, "fault": order.fault, **order.more})
        return order
