"""Read the trail."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, QuerySet

from audit.models import Entry
from audit.subjects import identify


@dataclass(frozen=True)
class TrailFilter:
    """What to look for; empty parts do not narrow. `since` is included, `until` is not."""

    actor_id: int | None = None
    verb: str = ""
    subject_kind: str = ""
    subject_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def trail_of(subject: Model) -> QuerySet[Entry]:
    """Return everything that was done to or seen of one row, oldest first."""
    kind, subject_id = identify(subject)
    return Entry.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("id")


def list_entries(wanted: TrailFilter, *, before: int | None = None, limit: int = 50) -> list[Entry]:
    """Return a page of the trail, newest first; `before` is the number of the last entry already shown."""
    found = Entry.objects.order_by("-id")
    terms = {
        "actor_id": wanted.actor_id,
        "verb": wanted.verb or None,
        "subject_kind": wanted.subject_kind or None,
        "subject_id": wanted.subject_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "id__lt": before,
    }
    return list(found.filter(**{name: value for name, value in terms.items() if value is not None})[:limit])
