"""What connectors hand over, for tests: messages with nothing in them that a test does not ask for."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from connectors.models import Account
from inbox.enums import Visibility
from inbox.incoming import Author, Incoming, Unreadable
from inbox.models import Message
from inbox.services.ingest import Stored, store_page

THEN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
KIM = Author(key="u1", name="Kim Lee", address="@kim")
SAM = Author(key="u2", name="Sam Roe", address="@sam")
# In a script that no rules cover, which triage holds at urgent whatever the packs say.
URGENT = "助けてください。知らない人が家の中にいます"
CALM = "When does the front desk open on Sunday?"


def say(remote_id: str = "p1", text: str = CALM, **changes: Any) -> Incoming:
    """Return a public message by Kim in a thread of its own."""
    facts: dict[str, Any] = {
        "remote_id": remote_id,
        "thread_key": f"thread:{remote_id}",
        "author": KIM,
        "text": text,
        "written_at": THEN,
        "visibility": Visibility.PUBLIC,
    }
    facts |= changes
    facts.setdefault("raw", repr(sorted(facts.items(), key=str)).encode())
    return Incoming(**facts)


def store(account: Account, *items: Incoming | Unreadable, **options: Any) -> Stored:
    """Store one page as the poller does, in a transaction of its own."""
    with transaction.atomic():
        return store_page(account.pk, items, **options)


def load(remote_id: str = "p1") -> Any:
    """Return the stored message (untyped: tests know which of its parts are there)."""
    return Message.objects.defer("search").get(remote_id=remote_id)


def load_thread(remote_id: str = "p1") -> Any:
    """Return the conversation of the stored message."""
    return load(remote_id).conversation
