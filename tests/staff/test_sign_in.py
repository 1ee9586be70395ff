"""Who may sign in."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory, override_settings

from staff.backends import TRIES
from staff.models import Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha() -> Member:
    return Member.objects.create_user("asha", "a long enough password", name="Asha R.")


def come_from(address: str):
    return RequestFactory().post("/login/", REMOTE_ADDR=address)


def test_a_member_signs_in_with_the_right_password_whatever_the_case_of_the_name(asha: Member):
    assert authenticate(come_from("192.0.2.1"), username="Asha", password="a long enough password") == asha


def test_a_member_whose_access_ended_cannot_sign_in(asha: Member):
    asha.is_active = False
    asha.save()
    assert authenticate(come_from("192.0.2.2"), username="asha", password="a long enough password") is None


def test_guessing_closes_the_door_for_that_address_only(asha: Member):
    for _ in range(TRIES):
        assert authenticate(come_from("192.0.2.3"), username="asha", password="wrong") is None
    assert authenticate(come_from("192.0.2.3"), username="asha", password="a long enough password") is None
    assert authenticate(come_from("192.0.2.4"), username="asha", password="a long enough password") == asha


def test_a_demo_sign_in_does_not_work_in_production(asha: Member):
    asha.is_demo = True
    asha.save()
    with override_settings(PRODUCTION=True):
        assert (
            authenticate(come_from("192.0.2.5"), username="asha", password="a long enough password") is None
        )
