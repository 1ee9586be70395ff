"""Steps that every service takes: ask leave, lock the row, move the state, keep the change, tell screens."""

from datetime import datetime
from typing import Any

from django.db.models.functions import Now

from inbox.enums import ConversationState
from inbox.errors import BadInput, NotAllowed, WrongState
from inbox.live import announce
from inbox.models import Conversation
from inbox.states import CONVERSATION

BAND_DEPENDS_ON = frozenset({"urgency", "unjudged"})
REFUSAL = "You may not do that. Nothing was changed."


class Clock(Now):
    """The database's clock at this very moment; `now()` stands still within a transaction."""

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the SQL; it is volatile, so an UPDATE that had to wait looks at it again."""
        return self.as_sql(compiler, connection, template="CLOCK_TIMESTAMP()", **extra)


def read_clock() -> datetime:
    """Return the database's time, aware."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def demand(allowed: bool, sentence: str = REFUSAL) -> None:
    """Raise NotAllowed unless `allowed`."""
    if not allowed:
        raise NotAllowed(sentence)


def need_text(value: str, *, field: str, sentence: str, limit: int) -> str:
    """Return the text without surrounding space; BadInput when it is empty, too long or cannot be stored."""
    text = value.replace("\r\n", "\n").strip()
    if not text:
        raise BadInput(sentence, field=field)
    return check_text(text, field=field, limit=limit)


def check_text(text: str, *, field: str, limit: int) -> str:
    """Return `text` unchanged; BadInput when PostgreSQL could not store it or it is too long."""
    if len(text) > limit:
        raise BadInput(
            f"The text is {len(text):,} long; {limit:,} is the most. Nothing was changed.",
            field=field,
        )
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise BadInput(
            "The text holds a character that cannot be kept. Take it out and press again. Nothing changed.",
            field=field,
        )
    return text


def lock(conversation_id: int) -> Conversation:
    """Return the row, locked until the transaction ends. Conversation.DoesNotExist when there is none."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True).select_related(
        "account", "holder", "person"
    )
    return rows.get(pk=conversation_id)


def move(conversation: Conversation, to: ConversationState) -> None:
    """Set the state; WrongState when inbox.states does not allow it."""
    present = ConversationState(conversation.state)
    if to not in CONVERSATION[present]:
        raise WrongState(
            f"The conversation is {present.label.lower()}. Nothing was changed.",
            state=present.value,
            version=conversation.version,
        )
    conversation.state = to


def keep(conversation: Conversation, *fields: str) -> Conversation:
    """Write the named fields of a locked row, let the version grow, and tell the screens after commit."""
    conversation.version += 1
    conversation.save(update_fields=[*fields, "version"])
    if BAND_DEPENDS_ON.intersection(fields):
        conversation.refresh_from_db(fields=["band"])
    announce("conversation", id=conversation.pk, version=conversation.version, band=conversation.band)
    return conversation


def is_held(conversation: Conversation, now: datetime) -> bool:
    """Say whether somebody's claim stands at `now` (the database's time)."""
    return conversation.held_until is not None and conversation.held_until > now
