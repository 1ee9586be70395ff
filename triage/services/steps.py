"""Steps that every service of the workbench takes."""

from django.db import connection

from staff.models import Member
from staff.permissions import can_change_rules
from triage.errors import TriageError

REFUSAL = "Only supervisors change the rules. Nothing was changed."
# One number for everything that decides what is live or gives a version its number.
_TURN = 7_203_001


def demand(actor: Member) -> None:
    """Raise TriageError unless the actor may change the rules."""
    if not can_change_rules(actor):
        raise TriageError(REFUSAL)


def need_words(text: str, sentence: str, limit: int = 500) -> str:
    """The text without surrounding space; TriageError when empty, too long or not storable."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise TriageError(f"{sentence} Nothing was changed.")
    return check_words(words, limit)


def check_words(words: str, limit: int) -> str:
    """The text as it is; TriageError when it is too long or PostgreSQL could not keep it."""
    if len(words) > limit:
        raise TriageError(
            f"That is {len(words):,} characters long; {limit:,} is the most. Nothing was changed."
        )
    if "\x00" in words or any("\ud800" <= letter <= "\udfff" for letter in words):
        raise TriageError("The text holds a character that cannot be kept. Take it out. Nothing was changed.")
    return words


def take_turn() -> None:
    """Wait until nobody else is publishing or going live; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
