"""Labels: what people said of messages, which of it is in doubt, and what may be learned from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from triage.history import Grade, Past, desk_history
from triage.labelled import Labelled
from triage.models import LabelReview
from triage.verdict import Level

MOST_GRADES = 20_000
MOST_KEPT = 20_000
KEPT_DAYS = 90
AT_ONCE = 500
# What people dealt with and left as it was says less than what they changed: they may not have looked.
KEPT_COUNTS = 0.25
# So many levels between what the rules said and a person changed it to is worth a second look.
_FAR = 2


@dataclass(frozen=True, slots=True)
class Label:
    """The last change of urgency on one message. `doubt` says why it should be looked at, or is empty."""

    grade: Grade
    doubt: str = ""
    review: LabelReview | None = None

    @property
    def is_open(self) -> bool:
        """Say whether somebody should look at it first."""
        return bool(self.doubt) and self.review is None

    @property
    def level(self) -> Level | None:
        """What may be learned; None for nothing (yet)."""
        if self.review is not None:
            return None if self.review.level is None else Level(self.review.level)
        return None if self.doubt else self.grade.after


def list_labels() -> list[Label]:
    """The newest change of every message, newest first, with what is doubtful about it."""
    said: dict[int, list[Grade]] = defaultdict(list)
    for grade in desk_history().list_grades(MOST_GRADES):
        said[grade.message_id].append(grade)
    latest = {grades[0].grading_id for grades in said.values()}
    reviews = {row.grading_id: row for row in LabelReview.objects.filter(grading_id__in=latest)}
    return [Label(grades[0], doubt_of(grades), reviews.get(grades[0].grading_id)) for grades in said.values()]


def doubt_of(grades: Sequence[Grade]) -> str:
    """Why the newest of these changes should be looked at again; empty when nothing speaks against it."""
    newest = grades[0]
    others = [one for one in grades[1:] if one.author_id != newest.author_id and one.after != newest.after]
    if others:
        return f"{others[0].author} had said {others[0].after.word}: {others[0].reason}"
    if abs(newest.judged - newest.after) >= _FAR:
        return f"The rules had said {newest.judged.word} ({newest.score:g} points)."
    return ""


def learn_from(since_days: int = KEPT_DAYS) -> tuple[list[Labelled], list[float]]:
    """What may be learned from, and how much each counts: changes in full, what was left a quarter."""
    levels = {label.grade.message_id: label for label in list_labels()}
    rows, counts = [], []
    for past in _read_decided(since_days, set(levels)):
        label = levels.get(past.message_id)
        level = label.level if label else past.decided
        if level is not None:
            rows.append(Labelled(past.facts, level >= Level.URGENT, level))
            counts.append(1.0 if label else KEPT_COUNTS)
    return rows, counts


def _read_decided(days: int, labelled: set[int]) -> list[Past]:
    history, found, place = desk_history(), [], 0
    ids = sorted(labelled)
    for start in range(0, len(ids), AT_ONCE):
        found += history.pick(ids[start : start + AT_ONCE])
    since, kept = timezone.now() - timedelta(days=days), 0
    while kept < MOST_KEPT:
        batch = history.read(since, place, AT_ONCE)
        fresh = [one for one in batch if one.decided is not None and one.message_id not in labelled]
        found += fresh
        kept += len(fresh)
        if len(batch) < AT_ONCE:
            break
        place = batch[-1].message_id
    return found
