"""An admin connects an X account through X's own consent page, there and back."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.test import Client

from connectors.access import open_access
from connectors.models import Account
from inbox.models import Message
from staff.models import Role
from tests.connectors.conftest import poll_now
from tests.connectors.test_consent_pages import go_there
from tests.factories import make_member

pytestmark = pytest.mark.django_db
TYPED = {
    "account_name": "Northshire on X",
    "sign_in": "consent",
    "client_id": "sandbox-client",
    "client_secret": "sandbox-client-secret",
    "plan": "pay",
}


@pytest.fixture
def admin(db) -> Client:
    client = Client()
    client.force_login(make_member("Ada", Role.ADMIN))
    return client


def press(address: str, answer: str = "allow") -> dict[str, str]:
    """Press a button on X's page; return what comes back with the browser."""
    assert "Allow an app on X" in requests.get(address, timeout=10).text
    form = {"account": "1500000000000000001", "answer": answer}
    said = requests.post(address, data=form, allow_redirects=False, timeout=10)
    return dict(parse_qsl(urlsplit(said.headers["Location"]).query))


def begin(admin: Client, **more: Any) -> str:
    return go_there(admin.post("/accounts/add/twitter/", TYPED | more).content.decode())


def test_an_account_is_connected_through_the_consent_page_and_collected(admin, sandbox):
    address = begin(admin)
    asked = dict(parse_qsl(urlsplit(address).query))
    assert address.startswith(sandbox.url) and asked["code_challenge_method"] == "S256"
    assert "offline.access" in asked["scope"] and "sandbox-client-secret" not in address
    page = admin.get("/accounts/consent/", press(address), follow=True).content.decode()
    assert "Northshire on X is connected" in page
    account = Account.objects.get()
    assert account.address == "@NorthshirePol"
    assert open_access(account).secrets["refresh_token"]
    sandbox.post("/town/x/posts", author="Jo", text="Hello")
    assert poll_now(account).failures == 0
    assert Message.objects.count() == 1


def test_keys_that_were_pasted_before_are_not_used_after_a_consent(admin, sandbox, x_account):
    before = x_account.cursor
    form = {name: value for name, value in TYPED.items() if name != "account_name"}
    page = admin.post(f"/accounts/{x_account.pk}/connect/", form).content.decode()
    admin.get("/accounts/consent/", press(go_there(page)))
    account = Account.objects.get()
    assert account.cursor == before
    sandbox.fault("x", "mentions", "revoke_token")
    assert poll_now(account).failures == 1
    access = open_access(account)
    assert access.config["sign_in"] == "consent" and access.secrets["access_token_secret"]


@pytest.mark.parametrize("change", [{"state": "made-up"}, {"code": "made-up"}, {"code": ""}])
def test_an_answer_that_was_tampered_with_connects_nothing(admin, sandbox, change):
    back = press(begin(admin)) | change
    page = admin.get("/accounts/consent/", back, follow=True).content.decode()
    assert "Nothing was stored" in page
    assert Account.objects.count() == 0


def test_a_code_that_is_older_than_half_a_minute_is_refused_with_a_hint(admin, sandbox):
    back = press(begin(admin))
    sandbox.call("POST", "/town/clock", json={"shift_seconds": 40})
    page = admin.get("/accounts/consent/", back, follow=True).content.decode()
    assert "within half a minute" in page and Account.objects.count() == 0


def test_who_cancels_on_xs_page_is_told_and_nothing_is_stored(admin, sandbox):
    page = admin.get("/accounts/consent/", press(begin(admin), "deny"), follow=True).content.decode()
    assert "was not authorised on X&#x27;s page" in page
    assert Account.objects.count() == 0


def test_without_a_client_id_the_field_says_so(admin, sandbox):
    page = admin.post("/accounts/add/twitter/", TYPED | {"client_id": ""}).content.decode()
    assert "Give the OAuth 2.0 client ID. Nothing was stored." in page


def test_the_set_up_page_says_what_x_demands_of_public_bodies(admin, sandbox):
    page = admin.get("/accounts/add/twitter/").content.decode()
    assert "government end users" in page and "surveillance" in page
    assert "necessary and proportionate" in page
