"""What the workbench asks of the inbox. The inbox answers; triage knows only these shapes.

The desk's settings name the answerer (TRIAGE_HISTORY), because the law of imports lets nobody look upward.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from triage.facts import Facts
from triage.verdict import Level


@dataclass(frozen=True, slots=True)
class Past:
    """A message that was judged, with the facts as they were then and what people made of it.

    `decided` is what a person said of it, or the level that stood when people dealt with it unchanged
    (`graded` False); None while nobody has. `level`, `score` and `version` are the stored verdict's.
    """

    message_id: int
    conversation_id: int
    facts: Facts
    received_at: datetime
    level: Level
    score: float
    version: str
    language: str
    decided: Level | None = None
    graded: bool = False


@dataclass(frozen=True, slots=True)
class Grade:
    """A person's change of urgency: a label. `message_id` is the message they were looking at."""

    grading_id: int
    conversation_id: int
    message_id: int
    author_id: int
    author: str
    before: Level
    after: Level
    reason: str
    at: datetime
    judged: Level
    score: float


@dataclass(frozen=True, slots=True)
class Hits:
    """What a rule did: messages it spoke on, those dealt with and left as judged, what it alone found."""

    hits: int
    decided: int
    kept: int
    alone: int


class History(Protocol):
    """The desk's past, as far as triage may know it. Message ids grow with time of arrival."""

    def count(self, since: datetime) -> int:
        """How many messages of the public arrived since."""
        ...

    def read(self, since: datetime, after: int, limit: int) -> list[Past]:
        """Messages of the public since then with ids above `after`, in the order of their ids."""
        ...

    def pick(self, message_ids: Iterable[int]) -> list[Past]:
        """These messages, in the order of their ids; those that are gone are left out."""
        ...

    def find_critical(self, limit: int) -> list[int]:
        """Messages that people marked critical, or dealt with as critical: newest first."""
        ...

    def list_grades(self, limit: int) -> list[Grade]:
        """People's changes of urgency, newest first."""
        ...

    def mark(self) -> str:
        """A word that changes with every message and every change of urgency."""
        ...

    def count_hits(self, since: datetime) -> dict[str, Hits]:
        """What every rule did since, by its id, from the stored reasons."""
        ...


def desk_history() -> History:
    """The desk's own past."""
    history: History = import_string(settings.TRIAGE_HISTORY)()
    return history
