"""What the account's rows already say of a page: messages, payloads, and replies whose echo this may be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from inbox.enums import Direction, ReplyState
from inbox.models import Message, RawPayload, Reply
from inbox.services.ingest.arrival import Arrival


@dataclass
class Known:
    """Rows by remote id; `names` are the same rows by what else they are known as, the first stored first.

    `payloads` are (remote id, SHA-256) of what was stored before.
    """

    messages: dict[str, Message]
    names: dict[str, Message]
    payloads: set[tuple[str, bytes]]
    replies: dict[str, Reply]

    def find(self, name: str) -> Message | None:
        """Return the message that is called so: by its own id, else by the one that others know it by."""
        return self.messages.get(name) or self.names.get(name)

    def leave_out(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Return the items without those that were stored before, on this page or an earlier one."""
        news: list[Arrival] = []
        for arrival in arrivals:
            version = (arrival.item.remote_id, arrival.sha256)
            if version not in self.payloads or arrival.item.current:
                self.payloads.add(version)
                news.append(arrival)
        return news


def look_up(account_id: int, arrivals: Sequence[Arrival]) -> Known:
    """Return what is known, by at most three queries."""
    ids = {arrival.item.remote_id for arrival in arrivals}
    joins = {one for arrival in arrivals for one in arrival.item.joins}
    called = Q(remote_id__in=ids | joins)
    if joins:
        called |= Q(known_as__in=joins)
    rows = list(Message.objects.filter(called, account_id=account_id).defer("search").order_by("-id"))
    messages = {row.remote_id: row for row in rows}
    names = {row.known_as: row for row in rows if row.known_as}
    payloads = _payloads(account_id, ids & messages.keys())
    return Known(messages, names, payloads, _replies(account_id, arrivals))


def _payloads(account_id: int, ids: Iterable[str]) -> set[tuple[str, bytes]]:
    wanted = list(ids)
    if not wanted:
        return set()
    rows = RawPayload.objects.filter(account_id=account_id, remote_id__in=wanted)
    return {(remote_id, bytes(sha256)) for remote_id, sha256 in rows.values_list("remote_id", "sha256")}


def _replies(account_id: int, arrivals: Sequence[Arrival]) -> dict[str, Reply]:
    """Return our own replies by the ids under which they come back, as an echo or as undelivered."""
    ids = [arrival.item.remote_id for arrival in arrivals if arrival.item.direction == Direction.OUT]
    ids += [arrival.item.undelivered for arrival in arrivals if arrival.item.undelivered]
    if not ids:
        return {}
    proofs = {arrival.item.proves: arrival.item.remote_id for arrival in arrivals if arrival.item.proves}
    mine = Q(remote_id__in=ids) | Q(chosen_id__in=ids) | Q(pk__in=proofs)
    rows = Reply.objects.filter(mine, conversation__account=account_id)
    going = rows.filter(state__in=(ReplyState.SENDING, ReplyState.UNKNOWN, ReplyState.SENT))
    found = [(key, reply) for reply in going for key in (reply.remote_id, reply.chosen_id)]
    found += [(proofs.get(reply.pk, ""), reply) for reply in going if not reply.remote_id]
    return {key: reply for key, reply in found if key}
