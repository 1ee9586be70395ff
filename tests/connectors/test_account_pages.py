"""Admins connect, test, pause and re-connect accounts; secrets go in and never come out."""

from typing import Any

import pytest
from django.test import Client

from connectors.models import Account, AccountState
from inbox.models import Team
from staff.models import Role
from tests.factories import make_member

pytestmark = pytest.mark.django_db
KEYS = {
    "account_name": "Northshire on X",
    "consumer_key": "sandbox-consumer",
    "consumer_secret": "sandbox-consumer-secret",
    "access_token": "sandbox-access-1",
    "access_token_secret": "sandbox-access-secret-1",
    "plan": "pay",
}


@pytest.fixture
def admin(db) -> Client:
    client = Client()
    client.force_login(make_member("Ada", Role.ADMIN))
    return client


def add(admin: Client, **changes: str) -> str:
    return admin.post("/accounts/add/twitter/", {**KEYS, **changes}, follow=True).content.decode()


def test_an_account_is_tested_before_it_is_stored(admin: Client, sandbox: Any):
    page = add(admin, access_token_secret="wrong")
    assert Account.objects.count() == 0
    assert "Nothing was stored" in page
    assert 'value="Northshire on X"' in page, "what was typed stays"
    assert "sandbox-consumer-secret" not in page, "a secret is never shown again"
    page = add(admin)
    account = Account.objects.get()
    assert "is connected" in page
    assert account.address == "@NorthshirePol"
    assert b"sandbox-access-secret-1" not in bytes(account.secrets or b"")
    assert "sandbox-access-secret-1" not in page


def test_the_same_account_is_not_connected_twice(admin: Client, sandbox: Any):
    add(admin)
    assert "connected already" in add(admin)
    assert Account.objects.count() == 1


def test_a_test_pausing_and_resuming_say_what_they_did(admin: Client, sandbox: Any):
    add(admin)
    account = Account.objects.get()
    assert "NorthshirePol" in admin.post(f"/accounts/{account.pk}/test/", follow=True).content.decode()
    assert "is paused" in admin.post(f"/accounts/{account.pk}/pause/", follow=True).content.decode()
    account.refresh_from_db()
    assert account.state == AccountState.PAUSED
    assert "collects again" in admin.post(f"/accounts/{account.pk}/resume/", follow=True).content.decode()
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE


def test_connecting_again_keeps_the_place_in_the_channel(admin: Client, sandbox: Any):
    add(admin)
    account = Account.objects.get()
    Account.objects.update(state=AccountState.RECONNECT, cursor={"mentions": "5"})
    form = {name: value for name, value in KEYS.items() if name != "account_name"}
    page = admin.post(f"/accounts/{account.pk}/connect/", form, follow=True).content.decode()
    assert "is connected again" in page
    account.refresh_from_db()
    assert (account.state, account.cursor) == (AccountState.ACTIVE, {"mentions": "5"})


def test_a_team_needs_a_way_to_be_reached_and_its_secret_is_shown_once(admin: Client):
    page = admin.post("/teams/add/", {"name": "Harbour office", "is_active": "on"}).content.decode()
    assert "Give an e-mail address, a web hook, or both" in page
    plain = {"name": "Harbour office", "is_active": "on", "web_hook": "http://harbour.example/hook"}
    assert "begins with https" in admin.post("/teams/add/", plain).content.decode()
    admin.post("/teams/add/", {**plain, "web_hook": "https://harbour.example/hook"})
    team = Team.objects.get()
    page = admin.post(f"/teams/{team.pk}/secret/").content.decode()
    team.refresh_from_db()
    assert team.web_hook_secret
    assert "Secret for Harbour office" in page
    assert "no secret yet" not in admin.get("/teams/").content.decode()
