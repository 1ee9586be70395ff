"""Live events reach every screen, in order, without a gap, and nobody who is not signed in."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings

from desk import events as desk_events
from desk import hub as desk_hub
from inbox import live
from staff.models import Member
from tests.browser.conftest import make_session
from tests.factories import make_member

WAIT = 5.0


@pytest.fixture(autouse=True)
def fresh_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hub of this test's own loop, and an empty stream."""
    live.connect().delete(live.STREAM)
    monkeypatch.setattr(desk_events, "hub", desk_hub.Hub())
    yield


@pytest.fixture
def amrit(transactional_db: None) -> Member:
    return make_member("Amrit Kaur")


@pytest.fixture
def session(amrit: Member) -> str:
    return make_session(amrit)


@pytest.fixture
def ended_session(amrit: Member, session: str) -> str:
    Member.objects.filter(pk=amrit.pk).update(is_active=False)
    return session


@dataclass
class Listener:
    """A screen that listens: what it was sent so far."""

    status: int = 0
    text: str = ""
    came: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.text += message.get("body", b"").decode()
        self.answered.set()
        self.came.set()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    def names(self) -> list[str]:
        lines = self.text.splitlines()
        return [line[7:] for line in lines if line.startswith("event: ") and line != "event: beat"]

    def last_id(self) -> str:
        return [line[4:] for line in self.text.splitlines() if line.startswith("id: ")][-1]

    async def until(self, words: str) -> None:
        async with asyncio.timeout(WAIT):
            while words not in self.text:
                self.came.clear()
                await self.came.wait()


@asynccontextmanager
async def listen(session: str = "", **headers: str) -> AsyncIterator[Listener]:
    listener = Listener()
    sent = {"host": "desk.example", "cookie": f"{settings.SESSION_COOKIE_NAME}={session}", **headers}
    scope = {
        "type": "http",
        "path": "/events",
        "method": "GET",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()],
    }
    task = asyncio.create_task(desk_events.events(scope, listener.receive, listener.send))
    try:
        await asyncio.wait_for(listener.answered.wait(), WAIT)
        yield listener
    finally:
        listener.left.set()
        await asyncio.wait_for(task, WAIT)
        if not desk_events.hub.clients:
            await desk_events.hub.close()
            desk_events.hub = desk_hub.Hub()


async def test_what_changes_reaches_every_screen_at_once_and_in_order(session: str) -> None:
    async with listen(session) as first, listen(session) as second:
        await first.until("retry")
        await desk_events.hub.is_reading.wait()
        for number in range(20):
            live.publish("conversation", {"id": number, "version": 2, "band": 1})
        for screen in (first, second):
            await screen.until('"id": 19')
            sent = [
                json.loads(line[6:]) for line in screen.text.splitlines() if line.startswith('data: {"id')
            ]
            assert [ids["id"] for ids in sent] == list(range(20))


async def test_a_screen_that_was_cut_off_resumes_without_a_gap_and_without_a_double(session: str) -> None:
    async with listen(session) as screen:
        await screen.until("retry")
        await desk_events.hub.is_reading.wait()
        live.publish("claim", {"id": 1})
        await screen.until('"id": 1')
        seen = screen.last_id()
    for number in (2, 3, 4):
        live.publish("claim", {"id": number})
    async with listen(session, last_event_id=seen) as again:
        await again.until('"id": 4')
        live.publish("claim", {"id": 5})
        await again.until('"id": 5')
        assert [line for line in again.text.splitlines() if line.startswith('data: {"id')] == [
            f'data: {{"id": {number}}}' for number in (2, 3, 4, 5)
        ]


@pytest.mark.parametrize("known", ["1-1", "99999999999999-0", "nonsense"])
async def test_a_screen_whose_place_is_lost_is_told_to_look_at_everything_again(
    session: str, known: str
) -> None:
    live.publish("claim", {"id": 1})
    async with listen(session, last_event_id=known) as screen:
        await screen.until("event: resync")
        assert screen.names() == ["resync"]


async def test_a_stream_that_was_emptied_while_a_screen_listened_goes_on(session: str) -> None:
    async with listen(session) as screen:
        await screen.until("retry")
        await desk_events.hub.is_reading.wait()
        live.publish("claim", {"id": 1})
        await screen.until('"id": 1')
        live.connect().delete(live.STREAM)
        await asyncio.sleep(0.005)  # ids are milliseconds: no stream is emptied and filled within one
        live.publish("claim", {"id": 2})
        await screen.until('"id": 2')


async def test_nobody_without_a_session_hears_anything(transactional_db: None) -> None:
    for session in ("", "made-up"):
        async with listen(session) as screen:
            assert (screen.status, screen.text) == (401, "")


async def test_an_ended_access_hears_nothing(ended_session: str) -> None:
    async with listen(ended_session) as screen:
        assert screen.status == 401


async def test_a_foreign_page_cannot_listen_in_the_members_name(session: str) -> None:
    async with listen(session, origin="https://evil.example") as screen:
        assert screen.status == 403
    async with listen(session, sec_fetch_site="cross-site") as screen:
        assert screen.status == 403
    async with listen(session, origin="https://desk.example") as screen:
        assert screen.status == 200


async def test_a_screen_is_told_that_the_way_works_and_is_not_told_so_when_it_does_not(
    session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_events, "BEAT_SECONDS", 0.1)
    async with listen(session) as screen:
        await screen.until("event: beat")
        monkeypatch.setattr(desk_hub, "ALIVE_SECONDS", -1.0)
        await screen.until(": waiting")


async def test_a_screen_that_does_not_keep_up_is_let_go() -> None:
    client = desk_hub.Client()
    for _ in range(desk_hub.QUEUE_SIZE + 1):
        client.put(desk_hub.Event("1-0", "claim", "{}"))
    with pytest.raises(desk_hub.SlowClient):
        await client.next_event(0.1)
