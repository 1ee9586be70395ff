"""The work on one page: what is new is judged and placed, what is known and differs is an edit."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from inbox.capabilities import Capabilities
from inbox.facts import Surroundings
from inbox.models import Attachment, Handle, Message, MessageEdit, RawPayload, Reply
from inbox.services.ingest import rows
from inbox.services.ingest.arrival import Arrival
from inbox.services.ingest.files import keep_files
from inbox.services.ingest.judge import UNJUDGED, Judgement, judge
from inbox.services.ingest.known import Known
from inbox.services.ingest.people import find_people
from inbox.services.ingest.standing import Standing
from inbox.services.ingest.threads import Place, Threads, place
from inbox.services.ingest.versions import acts_differ, apply, differs, is_older, rewrite, rewrite_acts
from inbox.services.outbox import mark_sent
from inbox.services.steps import read_clock

# Contacts of the last day, counted no further than tells a caller from a flood.
MOST_CONTACTS = 100
CONTACTS = """
    SELECT wanted.id, (
        SELECT count(*) FROM (
            SELECT 1 FROM inbox_message
            WHERE handle_id = wanted.id AND direction = 'in' AND received_at > %s LIMIT %s
        ) AS lately
    )
    FROM unnest(%s::bigint[]) AS wanted(id)
"""


class Storing:
    """One page on its way into rows: `prepare`, then `take` each item in order, then `save`."""

    def __init__(self, account: Any, known: Known, now: datetime | None) -> None:
        self.threads = Threads(account)
        self.messages: list[Message] = []
        self.changed: list[Message] = []
        self._account = account
        self._capabilities: Capabilities = account.capabilities
        self._known = known
        self._given_now = now
        self._now = now or account.clock
        self._payloads: list[RawPayload] = []
        self._edits: list[MessageEdit] = []
        self._files: list[Attachment] = []
        self._echoes: list[tuple[Reply, Arrival]] = []
        self._standings: list[Standing] = []
        self._places: dict[str, Place] = {}
        self._handles: dict[str, Handle] = {}
        self._contacts: Counter[int] = Counter()

    def prepare(self, news: Sequence[Arrival]) -> None:
        """Find the people, lock the conversations, and load what the verdicts need."""
        fresh = [arrival for arrival in news if arrival.item.remote_id not in self._known.messages]
        self._handles = find_people(self._account.channel, [arrival.item.author for arrival in news])
        self._places = place(fresh, self._known)
        also = {message.conversation_id for message in self._known.messages.values()}
        also |= {reply.conversation_id for reply in self._known.replies.values()}
        self.threads.lock(self._places.values(), also)
        self._look_for_receipts(fresh)
        # Read once the conversations are ours: what a colleague answered while this waited is earlier.
        self._now = self._given_now or read_clock()
        self.threads.set_clock(self._now)
        self.threads.load_earlier(self._places.values())
        guarded = [one.item.remote_id for one in fresh if one.item.named is not None]
        self.threads.load_voices(self._places[remote_id] for remote_id in guarded)
        self._count_contacts([arrival for arrival in fresh if arrival.inbound])

    def _look_for_receipts(self, fresh: Sequence[Arrival]) -> None:
        """Take up what was written as sent while this waited for its conversation: then this is its echo."""
        ours = [arrival.item.remote_id for arrival in fresh if not arrival.inbound]
        if ours:
            rows = Message.objects.filter(account=self._account, remote_id__in=ours).defer("search")
            self._known.messages.update({row.remote_id: row for row in rows})

    def take(self, arrival: Arrival) -> None:
        """Take in one item: a new message, or another version of one that is known."""
        if arrival.item.remote_id in self._known.messages:
            self._change(arrival)
        else:
            self._add(arrival)

    def _add(self, arrival: Arrival) -> None:
        reply = self._known.replies.get(arrival.item.remote_id)
        if reply is not None and not arrival.inbound:
            self._echoes.append((reply, arrival))
            return
        handle = self._handles[arrival.item.author.key]
        standing = self.threads.enter(self._places[arrival.item.remote_id], arrival, handle, self._now)
        message = rows.make_message(arrival, self._account.pk, handle, self._now)
        if arrival.inbound:
            standing.meet(message, arrival.item)
            judgement = self._judge(arrival, standing, self._contacts[handle.pk])
            apply(message, judgement)
            self._contacts[handle.pk] += 1
            standing.hear(message, judgement, lost_reply=arrival.item.undelivered in self._known.replies)
        else:
            standing.overhear(message)
        self._attach(message, arrival, standing)

    def _change(self, arrival: Arrival) -> None:
        message = self._known.messages[arrival.item.remote_id]
        standing = self._standing_of(message)
        if arrival.problem:
            return
        if message.deleted_at is not None and arrival.item.current and not arrival.item.deleted:
            message.deleted_at = None
            self._note_change(message, standing)
        if not differs(message, arrival):
            if arrival.inbound and not arrival.item.deleted and acts_differ(message, arrival):
                rewrite_acts(message, arrival, self._now)
                self._note_change(message, standing)
            return
        payload = self._keep_payload(arrival)
        if arrival.item.deleted:
            message.deleted_at = message.deleted_at or self._now
            standing.touched = True
        elif is_older(message, arrival):
            self._remember(message, arrival.item.text, {})
        else:
            message.raw = payload
            self._edit(message, arrival, standing)
        self._note_change(message, standing)

    def _note_change(self, message: Message, standing: Standing) -> None:
        standing.touched = True
        if not message._state.adding and message not in self.changed:
            self.changed.append(message)

    def save(self) -> None:
        """Write everything; a message's conversation and source have their numbers first."""
        rows.save_conversations(self.threads.touched())
        for message, standing in zip(self.messages, self._standings, strict=True):
            message.conversation = standing.row
        rows.save_messages(self._payloads, self.messages, self.changed, self._edits, self._files)

    def settle_echoes(self) -> None:
        """Let an echo prove that a reply went out whose receipt never came."""
        for reply, arrival in self._echoes:
            item = arrival.item
            mark_sent(reply.pk, fence=None, remote_id=item.remote_id, url=item.url, proof="echo")

    def _attach(self, message: Message, arrival: Arrival, standing: Standing) -> None:
        message.raw = self._keep_payload(arrival)
        self._known.messages[arrival.item.remote_id] = message
        self.messages.append(message)
        self._standings.append(standing)
        self._files += keep_files(message, arrival.item.files, self._now)

    def _edit(self, message: Message, arrival: Arrival, standing: Standing) -> None:
        if message.unreadable:
            self._read_at_last(message, arrival, standing)
        elif message.text:
            self._remember(message, message.text, message.verdict)
            message.edited_at = self._now
        before, shown = message.level, standing.shows(message)
        rewrite(message, arrival, self._now)
        standing.touched = True
        if arrival.inbound:
            judgement = self._judge(arrival, standing, 0)
            apply(message, judgement)
            standing.reconsider(message, judgement, before, shown=shown)

    def _read_at_last(self, message: Message, arrival: Arrival, standing: Standing) -> None:
        """Give what could not be read before its sender; its conversation goes by the new verdict."""
        item, handle = arrival.item, self._handles[arrival.item.author.key]
        message.unreadable, message.handle, message.visibility = False, handle, item.visibility
        row = standing.row
        row.person_id, row.subject, row.unjudged = handle.person_id, item.subject, False

    def _remember(self, message: Message, text: str, verdict: dict[str, Any]) -> None:
        edit = MessageEdit(message=message, text=text, verdict=verdict, replaced_at=self._now)
        self._edits.append(edit)

    def _judge(self, arrival: Arrival, standing: Standing, contacts: int) -> Judgement:
        if arrival.problem:
            return UNJUDGED
        subject = "" if standing.fresh and not standing.earlier else standing.row.subject
        around = Surroundings(self._capabilities, standing.earlier, subject, contacts)
        return judge(arrival.item, around)

    def _keep_payload(self, arrival: Arrival) -> RawPayload:
        payload = rows.make_payload(arrival, self._account.pk, self._now)
        if arrival.item.current:
            # What was said, then something else, then the same again: its source is here already.
            same = {"remote_id": payload.remote_id, "sha256": payload.sha256}
            stored = RawPayload.objects.filter(account=self._account, **same).first()
            if stored is not None:
                return stored
        self._payloads.append(payload)
        return payload

    def _standing_of(self, message: Message) -> Standing:
        if message._state.adding:
            return self._standings[self.messages.index(message)]
        return self.threads.find(message.conversation_id)

    def _count_contacts(self, arrivals: Sequence[Arrival]) -> None:
        ids = sorted({self._handles[arrival.item.author.key].pk for arrival in arrivals})
        if not ids:
            return
        with connection.cursor() as cursor:
            cursor.execute(CONTACTS, [self._now - timedelta(days=1), MOST_CONTACTS, ids])
            self._contacts.update(dict(cursor.fetchall()))
