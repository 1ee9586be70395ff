"""The supervisor sees the shift at a glance and moves work from the board."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from inbox.charts import FLOOR, draw_hours
from inbox.models import Escalation, Message, Team
from inbox.queries.shift import Hour, load_board
from inbox.services.escalate import make_ack_token
from staff.models import Announcement, Member
from tests.factories import make_conversation, make_member

pytestmark = pytest.mark.django_db


def enter(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_the_board_counts_what_waits_by_urgency_with_the_oldest(supervisor):
    now = timezone.now()
    make_conversation(urgency=3, waiting_since=now - timedelta(minutes=4))
    make_conversation(urgency=3, waiting_since=now - timedelta(minutes=9))
    make_conversation(urgency=1, unjudged=True)
    make_conversation(urgency=2)
    make_conversation(urgency=1)
    make_conversation(urgency=0, state="waiting")
    waiting = {line.word: line for line in load_board(now).waiting}
    assert [waiting[word].count for word in ("critical", "urgent", "routine")] == [3, 1, 1]
    assert waiting["critical"].oldest_since == now - timedelta(minutes=9)


def test_what_nobody_holds_is_listed_most_urgent_first(supervisor, operator):
    routine = make_conversation(urgency=1)
    urgent = make_conversation(urgency=2)
    critical = make_conversation(urgency=3)
    held = make_conversation(urgency=3, holder=operator, held_until=timezone.now() + timedelta(minutes=5))
    unheld = [row.pk for row in load_board(timezone.now()).unheld]
    assert unheld == [critical.pk, urgent.pk]
    assert routine.pk not in unheld
    assert held.pk not in unheld


def test_a_seat_shows_what_a_member_holds(supervisor, operator):
    Member.objects.filter(pk=operator.pk).update(last_seen_at=timezone.now(), presence="available")
    until = timezone.now() + timedelta(minutes=5)
    make_conversation(urgency=3, holder=operator, held_until=until)
    make_conversation(urgency=1, holder=operator, held_until=until)
    (seat,) = [seat for seat in load_board(timezone.now()).seats if seat.member == operator]
    assert seat.holding == [1, 3]


def test_the_first_reply_in_target_counts_this_shift_only(supervisor):
    now = timezone.now()
    for minutes, due in ((3, 5), (12, 5)):
        begun = now - timedelta(minutes=minutes)
        make_conversation(
            created_at=begun,
            first_replied_at=now,
            first_reply_due_at=begun + timedelta(minutes=due),
            state="waiting",
        )
    yesterday = now - timedelta(days=1)
    make_conversation(first_replied_at=yesterday, first_reply_due_at=yesterday, state="waiting")
    board = load_board(now + timedelta(milliseconds=1))
    assert (board.answered, board.in_target) == (2, 1)


def test_the_chart_stands_on_its_floor_and_reaches_its_scale():
    start = datetime(2026, 11, 22, 14, tzinfo=UTC)
    chart = draw_hours([Hour(start, 0, 0), Hour(start, 15, 5), Hour(start, 30, 30)])
    assert [bar.y + bar.height for bar in chart.bars] == [FLOOR, FLOOR, FLOOR]
    assert chart.bars[1].height == pytest.approx(chart.bars[2].height / 2, abs=0.2)
    assert chart.lines[-1].value >= 30


def test_every_contact_of_the_hour_stands_in_the_chart(supervisor):
    now = timezone.now()
    make_conversation()
    Message.objects.update(received_at=now)
    assert sum(hour.arrived for hour in load_board(now).hours) == 1


def test_a_supervisor_gives_work_to_somebody_and_announces(supervisor, operator):
    conversation = make_conversation(urgency=3)
    client = enter(supervisor)
    page = client.post(f"/shift/{conversation.pk}/assign/", {"to": str(operator.pk)}, follow=True)
    assert "Ola Operator holds it now" in page.content.decode()
    conversation.refresh_from_db()
    assert conversation.holder == operator
    client.post("/shift/announce/", {"text": "Press line agreed"})
    assert "Press line agreed" in enter(operator).get("/").content.decode()
    client.post(f"/shift/announcements/{Announcement.objects.get().pk}/end/")
    assert "Press line agreed" not in enter(operator).get("/").content.decode()


def test_a_team_acknowledges_by_its_signed_link_without_signing_in(operator):
    conversation = make_conversation(urgency=3, escalation_pending=True, state="escalated")
    team = Team.objects.create(name="Control room", email="control@example.org")
    row = Escalation.objects.create(
        conversation=conversation,
        team=team,
        author=operator,
        text="Please send a car",
        created_at=timezone.now(),
    )
    address = f"/acknowledge/{make_ack_token(row)}/"
    stranger = Client()
    assert "Please send a car" in stranger.get(address).content.decode()
    refused = stranger.post(address, {"by": "PC Hill"}).content.decode()
    assert "incident number" in refused.lower()
    row.refresh_from_db()
    assert row.state == "pending"
    done = stranger.post(address, {"by": "PC Hill", "incident_number": "NS-1-2026"}).content.decode()
    assert "Acknowledged" in done
    row.refresh_from_db()
    assert (row.state, row.incident_number, row.acknowledged_by) == (
        "acknowledged",
        "NS-1-2026",
        "PC Hill (Control room)",
    )


def test_a_spoilt_link_opens_nothing(operator):
    answer = Client().get("/acknowledge/nonsense:here/")
    assert answer.status_code == 404
    assert "no longer works" in answer.content.decode()


def test_the_board_asks_the_same_number_of_questions_whatever_there_is(supervisor, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            load_board(timezone.now())
        return len(queries)

    few = ask()
    for _ in range(5):
        make_conversation(urgency=3)
        member = make_member()
        Member.objects.filter(pk=member.pk).update(last_seen_at=timezone.now())
    assert ask() == few
