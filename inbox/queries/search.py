"""Find conversations by what was said, by who said it and by number."""

from inbox.queries.queue import QueueFilter, QueuePage, list_queue
from staff.models import Member


def find_conversations(member: Member, q: str, after: str | None = None, limit: int = 50) -> QueuePage:
    """Return what `member` may see and what matches `q`, newest first; an empty `q` finds nothing."""
    if not q.strip():
        return QueuePage(rows=[], next=None)
    return list_queue(member, QueueFilter(tab="all", q=q), after, limit)
