"""The trail: what was done and seen, and the proof that nobody changed it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audit.chain import verify
from audit.models import Entry, Head
from audit.queries import TrailFilter, list_entries, trail_of
from audit.services import Deed, NoTransaction, record, record_all, saw
from tests.factories import make_member
from tests.together import run_together

pytestmark = pytest.mark.django_db


@pytest.fixture
def unlocked():
    """Let a test tamper as the database's own administrator could."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_head DISABLE TRIGGER USER")


def write_three(member):
    for word in ("claimed", "replied", "resolved"):
        record(actor=member, verb=word, subject=member, text="ä\0\ud800 “quoted”", number=1)


def test_an_entry_says_who_did_what_to_what_and_when():
    member = make_member()
    number = record(actor=member, verb="claimed", subject=member, fence=3)
    entry = Entry.objects.get()
    assert (entry.id, entry.actor_name, entry.verb) == (number, member.name, "claimed")
    assert (entry.subject_kind, entry.subject_id, entry.details) == ("member", member.pk, '{"fence":3}')
    assert list(trail_of(member)) == [entry]


def test_the_machinery_signs_with_the_name_of_the_desk():
    record(actor=None, verb="collected", messages=2)
    assert Entry.objects.get().actor_name == "Digital Desk"


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    with pytest.raises(NoTransaction):
        record(actor=None, verb="claimed")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_falls_with_the_transaction_that_it_tells_of():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(actor=None, verb="claimed")
        raise ZeroDivisionError
    assert verify().entries == 0
    with transaction.atomic():
        record(actor=None, verb="claimed")
    assert verify() == verify().__class__(entries=1)


def test_several_deeds_are_written_in_their_order_by_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        last = record_all(actor=None, deeds=[Deed(f"verb {n}") for n in range(30)])
    assert [entry.verb for entry in Entry.objects.all()] == [f"verb {n}" for n in range(30)]
    assert last == Entry.objects.latest("id").id
    assert verify().whole


def test_an_untouched_trail_is_whole():
    write_three(make_member())
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == "3 entries, whole.\n"


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE audit_entry SET verb = 'slept' WHERE id = 2",
        "DELETE FROM audit_entry WHERE id = 3",
        "TRUNCATE audit_entry",
        "TRUNCATE audit_head",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET last_id = 2",
        "UPDATE audit_head SET last_id = last_id + 1",
        "INSERT INTO audit_entry SELECT id + 3, at, actor_id, actor_name, verb, subject_kind, subject_id, "
        "details, previous_hash, hash FROM audit_entry WHERE id = 1",
    ],
)
def test_the_database_itself_refuses_to_change_the_past(attempt):
    write_three(make_member())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attempt)
    assert verify().entries == 3


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        ("UPDATE audit_entry SET verb = 'slept' WHERE id = 2", "Entry 2 was changed"),
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = 1", "Entry 1 was changed"),
        ("UPDATE audit_entry SET actor_id = NULL WHERE id = 3", "Entry 3 was changed"),
        ("UPDATE audit_entry SET hash = previous_hash WHERE id = 2", "Entry 2 was changed"),
        ("UPDATE audit_entry SET details = '{}' WHERE id = 1", "Entry 1 was changed"),
        ("DELETE FROM audit_entry WHERE id = 2", "Entry 2 is missing"),
        ("DELETE FROM audit_entry WHERE id = 3", "says 3 entries, but only 2"),
        ("DELETE FROM audit_head", "no head"),
        ("UPDATE audit_head SET last_id = 2", "does not fit"),
        ("UPDATE audit_entry SET id = CASE id WHEN 1 THEN 91 ELSE 1 END WHERE id < 3", "missing|not follow"),
    ],
)
def test_tampering_by_an_administrator_is_found_and_its_place_named(unlocked, tampering, says):
    write_three(make_member())
    for statement in tampering.split(";"):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(CommandError, match=says):
        call_command("verify_audit", stdout=StringIO())


def test_reading_is_recorded_once_in_ten_minutes_for_each_member():
    first, second = make_member(), make_member()
    assert saw(first, second)
    assert not saw(first, second)
    assert saw(second, second)
    assert [entry.verb for entry in Entry.objects.all()] == ["seen", "seen"]


def test_reading_is_recorded_again_after_ten_minutes(unlocked):
    member = make_member()
    saw(member, member)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET at = at - interval '601 seconds'")
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    assert saw(member, member)


def test_the_trail_can_be_narrowed_and_paged():
    member, other = make_member(), make_member()
    write_three(member)
    record(actor=other, verb="claimed", subject=("conversation", 7))
    assert [entry.verb for entry in list_entries(TrailFilter(actor_id=member.pk))][-1] == "claimed"
    (found,) = list_entries(TrailFilter(subject_kind="conversation", subject_id=7))
    assert found.actor_id == other.pk
    page = list_entries(TrailFilter(), limit=2)
    assert len(list_entries(TrailFilter(), before=page[-1].id)) == 2


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_never_fork_the_chain():
    def append():
        for _ in range(25):
            with transaction.atomic():
                record(actor=None, verb="claimed", subject=("conversation", 1))

    run_together(*[append] * 8)
    assert verify().entries == 200
    assert verify().whole
    assert Head.objects.get().last_id == 200
