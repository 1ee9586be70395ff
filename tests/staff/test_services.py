"""Who works here: added, changed, seen and heard, each in the trail."""

import pytest

from audit.queries import trail_of
from staff.models import Announcement, HandoverNote, Member, Role
from staff.services import (
    NewMember,
    StaffError,
    add_member,
    announce,
    change_member,
    end_access,
    end_announcement,
    give_access_back,
    hand_over,
    set_presence,
)
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db) -> Member:
    return make_member("Ada Admin", Role.ADMIN)


def test_an_admin_adds_a_member_who_can_sign_in_with_a_password_shown_once(admin):
    member, password = add_member(actor=admin, new=NewMember(" Olga.O ", "Olga", Role.OPERATOR))
    assert member.username == "olga.o"
    assert Member.objects.get(pk=member.pk).check_password(password)
    assert [entry.verb for entry in trail_of(member)] == ["staff.added"]


@pytest.mark.parametrize(
    "new",
    [
        NewMember("", "Olga", Role.OPERATOR),
        NewMember("a b", "Olga", Role.OPERATOR),
        NewMember("olga", " ", Role.OPERATOR),
        NewMember("olga", "Olga", "king"),
    ],
)
def test_a_member_without_a_name_or_a_known_role_is_refused(admin, new):
    with pytest.raises(StaffError):
        add_member(actor=admin, new=new)


def test_a_sign_in_name_is_given_once(admin):
    add_member(actor=admin, new=NewMember("olga", "Olga", Role.OPERATOR))
    with pytest.raises(StaffError, match="taken"):
        add_member(actor=admin, new=NewMember("OLGA", "Another", Role.OPERATOR))


def test_only_an_admin_manages_staff(operator, supervisor, auditor):
    for member in (operator, supervisor, auditor):
        with pytest.raises(StaffError):
            add_member(actor=member, new=NewMember("olga", "Olga", Role.ADMIN))
        with pytest.raises(StaffError):
            end_access(actor=member, member_id=operator.pk)
        with pytest.raises(StaffError):
            give_access_back(actor=member, member_id=operator.pk)


def test_the_last_admin_can_neither_leave_nor_step_down(admin):
    with pytest.raises(StaffError, match="only admin"):
        end_access(actor=admin, member_id=admin.pk)
    with pytest.raises(StaffError, match="only admin"):
        change_member(actor=admin, member_id=admin.pk, new=NewMember("", "Ada", Role.OPERATOR))
    make_member("Second", Role.ADMIN)
    assert change_member(actor=admin, member_id=admin.pk, new=NewMember("", "Ada", Role.OPERATOR))


def test_ended_access_comes_back_with_a_new_password_only(admin, operator):
    end_access(actor=admin, member_id=operator.pk)
    operator.refresh_from_db()
    assert not operator.is_active
    back, password = give_access_back(actor=admin, member_id=operator.pk)
    assert back.is_active
    assert back.check_password(password)
    assert not back.check_password("pass-word-1234")


def test_presence_is_one_of_three_words_and_leaves_a_trail_when_it_changes(operator):
    with pytest.raises(StaffError):
        set_presence(actor=operator, presence="asleep")
    set_presence(actor=operator, presence="available")
    set_presence(actor=operator, presence="available")
    assert [entry.verb for entry in trail_of(operator)] == ["staff.presence"]


def test_a_supervisor_announces_and_an_operator_does_not(operator, supervisor):
    with pytest.raises(StaffError):
        announce(actor=operator, text="Hello")
    row = announce(actor=supervisor, text=" Match day ")
    assert row.text == "Match day"
    end_announcement(actor=supervisor, announcement_id=row.pk)
    end_announcement(actor=supervisor, announcement_id=row.pk)
    assert Announcement.objects.get().ended_at is not None
    assert len(trail_of(row)) == 2


def test_whoever_works_the_inbox_hands_over_in_words(operator, auditor):
    hand_over(actor=operator, text="Watch D12")
    with pytest.raises(StaffError):
        hand_over(actor=auditor, text="x")
    with pytest.raises(StaffError):
        hand_over(actor=operator, text=" ")
    assert HandoverNote.objects.get().text == "Watch D12"
