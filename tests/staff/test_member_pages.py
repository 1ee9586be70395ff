"""Admins keep the staff; everybody keeps their own password; the trail is read and checked."""

import re

import pytest
from django.db import connection
from django.test import Client

from audit.models import Entry
from staff.models import Member, Role
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db) -> Member:
    return make_member("Ada Admin", Role.ADMIN)


def enter(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_an_admin_adds_somebody_and_the_password_is_shown_once_and_works(admin):
    form = {"username": "Asha", "name": "Asha R.", "role": "operator", "skills": "roads, Punjabi"}
    page = enter(admin).post("/staff/add/", form).content.decode()
    password = re.search(r"<code[^>]*>([a-z2-9-]{23})</code>", page)
    assert password is not None
    asha = Member.objects.get(username="asha")
    assert (asha.name, asha.role, asha.skills) == ("Asha R.", "operator", ["roads", "Punjabi"])
    assert asha.check_password(password[1])
    assert password[1] not in enter(admin).get("/staff/").content.decode()


def test_a_taken_name_is_refused_with_a_sentence_and_what_was_typed_stays(admin):
    taken = make_member("Other").username
    form = {"username": taken, "name": "Second", "role": "operator"}
    page = enter(admin).post("/staff/add/", form).content.decode()
    assert f"The sign-in name {taken} is taken" in page
    assert 'value="Second"' in page


def test_the_last_admin_cannot_be_taken_away(admin):
    client = enter(admin)
    page = client.post(f"/staff/{admin.pk}/end/", follow=True).content.decode()
    assert "This is the only admin" in page
    form = {"name": "Ada", "role": "operator"}
    assert "This is the only admin" in client.post(f"/staff/{admin.pk}/", form).content.decode()
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.role == Role.ADMIN


def test_whose_access_ended_is_signed_out_and_may_be_let_in_again(admin):
    ola = make_member("Ola")
    hers = enter(ola)
    assert hers.get("/").status_code == 200
    enter(admin).post(f"/staff/{ola.pk}/end/")
    assert hers.get("/").status_code == 302
    page = enter(admin).post(f"/staff/{ola.pk}/password/").content.decode()
    assert "Password for" in page
    ola.refresh_from_db()
    assert ola.is_active


def test_a_member_changes_their_own_password_and_stays_signed_in():
    ola = make_member("Ola")
    client = enter(ola)
    wrong = {"old": "nonsense", "new": "four quiet grey horses"}
    assert "present password is not right" in client.post("/password/", wrong).content.decode()
    weak = {"old": "pass-word-1234", "new": "short"}
    assert "too short" in client.post("/password/", weak).content.decode()
    right = {"old": "pass-word-1234", "new": "four quiet grey horses"}
    assert client.post("/password/", right).status_code == 302
    assert client.get("/").status_code == 200
    ola.refresh_from_db()
    assert ola.check_password("four quiet grey horses")


def test_the_trail_is_found_by_deed_and_by_member(admin, auditor):
    enter(admin).post("/staff/add/", {"username": "new", "name": "New Person", "role": "operator"})
    page = enter(auditor).get("/trail/", {"verb": "staff.added"}).content.decode()
    assert "Ada Admin" in page
    assert "staff.added" in page
    nobody = enter(auditor).get("/trail/", {"actor": str(auditor.pk), "verb": "staff.added"})
    assert "Nothing fits" in nobody.content.decode()


def test_checking_the_trail_says_whether_it_is_whole_and_is_itself_recorded(admin, auditor):
    enter(admin).post("/staff/add/", {"username": "new", "name": "New Person", "role": "operator"})
    page = enter(auditor).post("/trail/check/", follow=True).content.decode()
    assert "The trail is whole" in page
    assert Entry.objects.filter(verb="checked the trail", actor_id=auditor.pk).exists()


def test_checking_finds_an_entry_that_somebody_changed_behind_the_desk(admin, auditor):
    enter(admin).post("/staff/add/", {"username": "new", "name": "New Person", "role": "operator"})
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_entry SET actor_name = 'Nobody' WHERE verb = 'staff.added'")
        cursor.execute("SET session_replication_role = DEFAULT")
    page = enter(auditor).post("/trail/check/", follow=True).content.decode()
    assert "The trail is not whole" in page
