"""Which conversation each item of a page belongs to: known ones are locked, missing ones are prepared."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from inbox.enums import Urgency
from inbox.facts import quote_earlier
from inbox.models import Conversation, Handle
from inbox.services.ingest.arrival import Arrival
from inbox.services.ingest.known import Known
from inbox.services.ingest.standing import BEGUN_OUTSIDE, Standing

# The last few texts of each conversation, oldest first; triage reads no further back.
EARLIER = """
    SELECT wanted.id, said.direction, left(said.text, 2000)
    FROM unnest(%s::bigint[]) AS wanted(id) CROSS JOIN LATERAL (
        SELECT id, direction, text, received_at FROM inbox_message
        WHERE conversation_id = wanted.id AND NOT unreadable
        ORDER BY received_at DESC, id DESC LIMIT 6
    ) AS said
    ORDER BY wanted.id, said.received_at, said.id
"""
# Who is in each thread: who wrote, whom they named, and whom we answered. A newcomer and whom that one named
# are not, until somebody at the desk has answered.
VOICES = """
    WITH heard AS (
        SELECT conversation_id, handle_id, terms FROM inbox_message AS said
        WHERE conversation_id = ANY(%s) AND direction = 'in' AND (
            NOT jsonb_exists(terms, 'newcomer')
            OR EXISTS (SELECT 1 FROM inbox_reply WHERE answers_id = said.id AND state = 'sent')
        )
    )
    SELECT heard.conversation_id, handle.key FROM heard JOIN inbox_handle AS handle ON handle.id = handle_id
    UNION SELECT conversation_id, jsonb_array_elements_text(terms -> 'named') FROM heard
    UNION SELECT conversation_id, jsonb_array_elements_text(terms -> 'recipients') FROM heard
"""
Place = int | str  # a stored conversation's id, or the thread key of one to find or make


def place(arrivals: Sequence[Arrival], known: Known) -> dict[str, Place]:
    """Return, by remote id, where each item belongs: with what it joins, else with its own thread."""
    own = {arrival.item.remote_id: arrival for arrival in arrivals}
    here = {one.item.known_as: one for one in reversed(arrivals) if one.item.known_as} | own
    return {remote_id: _follow(arrival, here, known, {remote_id}) for remote_id, arrival in own.items()}


def _follow(arrival: Arrival, here: Mapping[str, Arrival], known: Known, been: set[str]) -> Place:
    if arrival.item.undelivered in known.replies:
        return known.replies[arrival.item.undelivered].conversation_id
    for one in arrival.item.joins:
        found = known.find(one)
        if found is not None:
            return found.conversation_id
        if one in here and here[one].item.remote_id not in been:
            return _follow(here[one], here, known, been | {here[one].item.remote_id})
    return arrival.item.thread_key


class Threads:
    """The conversations that a page touches, by place."""

    def __init__(self, account: Any) -> None:
        self._account = account
        self._standings: dict[Place, Standing] = {}

    def lock(self, places: Iterable[Place], also: Iterable[int]) -> None:
        """Lock every stored conversation that the page touches, in the order of their ids."""
        wanted = set(places) | set(also)
        ids = [one for one in wanted if isinstance(one, int)]
        keys = [one for one in wanted if isinstance(one, str)]
        rows = Conversation.objects.filter(Q(pk__in=ids) | Q(thread_key__in=keys), account=self._account)
        # The clock is set afterwards: a reply that was written while this waited counts as earlier.
        for row in rows.order_by("pk").select_for_update(no_key=True):
            standing = Standing(row, row.last_message_at, fresh=False)
            self._standings[row.pk] = self._standings[row.thread_key] = standing

    def set_clock(self, now: datetime) -> None:
        """Say when everything on this page reached us."""
        for standing in self._standings.values():
            standing.now = now

    def load_earlier(self, places: Iterable[Place]) -> None:
        """Load what was said before in those of the places that exist, in one query."""
        ids = sorted({self._standings[one].row.pk for one in places if one in self._standings})
        if not ids:
            return
        with connection.cursor() as cursor:
            cursor.execute(EARLIER, [ids])
            for pk, direction, text in cursor.fetchall():
                self._standings[pk].earlier.append(quote_earlier(direction, text))

    def load_voices(self, places: Iterable[Place]) -> None:
        """Load who is in those of the places that exist, in one query."""
        ids = sorted({self._standings[one].row.pk for one in places if one in self._standings})
        if not ids:
            return
        with connection.cursor() as cursor:
            cursor.execute(VOICES, [ids])
            for pk, key in cursor.fetchall():
                self._standings[pk].voices.add(key.lower())

    def find(self, where: Place) -> Standing:
        """Return a conversation that exists, or was begun on this page."""
        return self._standings[where]

    def enter(self, where: Place, arrival: Arrival, handle: Handle, now: datetime) -> Standing:
        """Return the conversation for a new item, begun when there is none."""
        standing = self._standings.get(where)
        if standing is None:
            standing = Standing(self._begin(str(where), arrival, handle, now), now, fresh=True)
            self._standings[where] = standing
        elif arrival.inbound and standing.row.outcome_reason == BEGUN_OUTSIDE:
            standing.row.person_id = handle.person_id
        return standing

    def touched(self) -> list[Standing]:
        """Return the conversations that have changed, each once, in the order of their first item."""
        unique = {id(standing): standing for standing in self._standings.values() if standing.touched}
        return list(unique.values())

    def _begin(self, thread_key: str, arrival: Arrival, handle: Handle, now: datetime) -> Conversation:
        return Conversation(
            account=self._account,
            person_id=handle.person_id,
            thread_key=thread_key,
            visibility=arrival.item.visibility,
            subject=arrival.item.subject,
            urgency=Urgency.NONE,
            created_at=now,
            last_message_at=now,
        )
