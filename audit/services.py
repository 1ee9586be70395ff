"""Write the trail: what was done, in the transaction that does it, and what was seen.

An append locks the one head row until the caller's transaction ends, so callers record last and commit soon.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from audit.subjects import Subject, identify

MACHINERY = "Digital Desk"
SEEN = "seen"
AT_ONCE = 500
SEEN_AGAIN_AFTER = timedelta(minutes=10)


class NoTransaction(RuntimeError):
    """An entry was to be written outside a transaction, apart from what it tells of."""


@dataclass(frozen=True)
class Deed:
    """One thing to record. `subject` is a stored row, or its kind and id."""

    verb: str
    subject: Subject = None
    details: dict[str, Any] = field(default_factory=dict)


def record(*, actor: Any, verb: str, subject: Subject = None, **details: Any) -> int:
    """Append one entry inside the caller's transaction; returns its number.

    `actor` is a member (anything with `pk` and `name`) or None for the desk itself. Details become JSON.
    Raises NoTransaction when the caller has none: the deed and its entry stand or fall together.
    """
    return record_all(actor=actor, deeds=[Deed(verb, subject, details)])


def record_all(*, actor: Any, deeds: Iterable[Deed]) -> int:
    """Append several entries in one round trip; returns the number of the last (0 for none)."""
    if not connection.in_atomic_block:
        raise NoTransaction("An entry of the trail belongs into the transaction that it tells of.")
    actor_id, name = (None, MACHINERY) if actor is None else (actor.pk, str(actor.name))
    rows = [
        (actor_id, _plain(name)[:120], deed.verb, *identify(deed.subject), canonical(deed.details))
        for deed in deeds
    ]
    last = 0
    for start in range(0, len(rows), AT_ONCE):
        chunk = rows[start : start + AT_ONCE]
        marks = ", ".join(["audit_append(%s, %s, %s, %s, %s, %s)"] * len(chunk))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {marks}", list(chain.from_iterable(chunk)))
            last = int(cursor.fetchone()[-1])
    return last


def record_alone(*, actor: Any, verb: str, subject: Subject = None, **details: Any) -> int:
    """Append one entry in a transaction of its own: for what changes no row, such as a check or a sign-in."""
    with transaction.atomic():
        return record(actor=actor, verb=verb, subject=subject, **details)


def saw(actor: Any, subject: Model) -> bool:
    """Record that `actor` read `subject`, once in ten minutes; says whether an entry was written.

    One statement and so a short transaction of its own: reading never holds the chain.
    """
    seconds = SEEN_AGAIN_AFTER.total_seconds()
    values = (actor.pk, _plain(str(actor.name))[:120], *identify(subject), seconds)
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_saw(%s, %s, %s, %s, make_interval(secs => %s))", values)
        return cursor.fetchone()[0] is not None


def canonical(details: dict[str, Any]) -> str:
    """Return details as the one JSON text that is hashed, stored and read back."""
    return json.dumps(details, sort_keys=True, separators=(",", ":"), default=_say)


def _say(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _plain(text: str) -> str:
    # PostgreSQL stores neither NUL nor lone surrogates, and a name must never stop the trail.
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
