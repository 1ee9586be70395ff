"""Store one page of one account inside the caller's transaction; nothing is ever visible ungraded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.services import Deed, record_all
from inbox.enums import Direction
from inbox.incoming import Incoming, Unreadable
from inbox.live import announce_all
from inbox.models import Conversation
from inbox.services.ingest.arrival import receive
from inbox.services.ingest.known import look_up
from inbox.services.ingest.standing import Standing
from inbox.services.ingest.storing import Storing
from inbox.services.steps import Clock


@dataclass(frozen=True)
class Stored:
    """How many messages were new, how many known ones changed, and which conversations that touched.

    `heard` counts those of the new ones that people of the public wrote, `late` those that came late.
    """

    new: int = 0
    changed: int = 0
    conversation_ids: tuple[int, ...] = ()
    heard: int = 0
    late: int = 0


def store_page(
    account_id: int, items: Sequence[Incoming | Unreadable], now: datetime | None = None
) -> Stored:
    """Store a page's items, oldest first, with their verdicts; the same page again changes nothing.

    Must run inside a transaction. `now` is when the items reached us (default: the database's clock).
    Locks the account, then its conversations, and the trail's head last.
    """
    account = _lock_account(account_id)
    arrivals = [receive(item) for item in items]
    known = look_up(account_id, arrivals)
    news = known.leave_out(arrivals)
    if not news:
        return Stored()
    storing = Storing(account, known, now)
    storing.prepare(news)
    for arrival in news:
        storing.take(arrival)
    storing.save()
    storing.settle_echoes()
    standings = storing.threads.touched()
    _tell(standings)
    _write_trail(account, storing, standings)
    ids = tuple(one.row.pk for one in standings)
    return Stored(
        new=len(storing.messages),
        changed=len(storing.changed),
        conversation_ids=ids,
        heard=sum(
            message.direction == Direction.IN and not message.automatic for message in storing.messages
        ),
        late=sum(message.late for message in storing.messages),
    )


def _lock_account(account_id: int) -> Any:
    # The account's model lives above this room; its rows are reached through the field that names it.
    accounts: Any = Conversation._meta.get_field("account").related_model
    return accounts.objects.select_for_update(no_key=True).annotate(clock=Clock()).get(pk=account_id)


def _tell(standings: Sequence[Standing]) -> None:
    announce_all("conversation", [_describe(one) for one in standings])


def _describe(standing: Standing) -> dict[str, Any]:
    row = standing.row
    band = 0 if row.unjudged else {3: 1, 2: 2}.get(row.urgency, 3)
    return {"id": row.pk, "version": row.version, "band": band, "new": standing.fresh}


def _write_trail(account: Any, storing: Storing, standings: Sequence[Standing]) -> None:
    if not storing.messages and not storing.changed:
        return
    details = {
        "new": [message.pk for message in storing.messages],
        "changed": [message.pk for message in storing.changed],
        "conversations": [one.row.pk for one in standings],
    }
    deeds = [deed for one in standings for deed in one.deeds]
    record_all(actor=None, deeds=[Deed("messages.collected", account, details), *deeds])
