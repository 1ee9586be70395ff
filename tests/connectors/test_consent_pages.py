"""An admin connects a mailbox through the provider's own page, there and back."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.conf import settings as project
from django.test import Client

from connectors.email.demo import make_demo
from connectors.models import Account, AccountState
from connectors.secrets import unseal
from staff.models import Role
from tests.connectors.conftest import poll_now
from tests.factories import make_member

pytestmark = pytest.mark.django_db
DESK = "desk@northshire.example"
PROVIDERS = ("microsoft", "google")


@pytest.fixture
def admin(db) -> Client:
    client = Client()
    client.force_login(make_member("Ada", Role.ADMIN))
    return client


def typed(auth: str, **more: Any) -> dict[str, Any]:
    values = {name: value for name, value in make_demo().values.items() if name != "password"}
    secret = "sandbox-mail-app-secret"
    app = {"client_id": "sandbox-mail-app", "client_secret": secret, "tenant": "northshire"}
    choices = {"auth": auth, "grant": "consent", "files_sent": "auto", "start": "all", "folder": "INBOX"}
    return {**values, **app, **choices, "account_name": "The mailbox", **more}


def go_there(page: str) -> str:
    """Return the address behind the button that leads to the provider."""
    before = page.split('rel="noreferrer"', maxsplit=1)[0]
    return before.rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")


def agree(sandbox: Any, address: str, answer: str = "allow") -> dict[str, str]:
    """Press a button on the provider's page; return what comes back with the browser."""
    there = f"{sandbox.url}/{address.partition('://')[2].partition('/')[2]}"
    assert "asks to read the mail" in requests.get(there, timeout=10).text
    said = requests.post(there, data={"mailbox": DESK, "answer": answer}, allow_redirects=False, timeout=10)
    assert said.headers["Location"].startswith(project.PUBLIC_URL + "/accounts/consent/")
    return dict(parse_qsl(urlsplit(said.headers["Location"]).query))


@pytest.mark.parametrize("auth", PROVIDERS)
def test_a_mailbox_is_connected_by_a_consent_and_collected(admin: Client, sandbox: Any, auth: str):
    page = admin.post("/accounts/add/email/", typed(auth)).content.decode()
    assert "Now sign in there" in page
    assert Account.objects.count() == 0
    address = go_there(page)
    assert "code_challenge=" in address and "sandbox-mail-app-secret" not in page
    back = agree(sandbox, address)
    page = admin.get("/accounts/consent/", back, follow=True).content.decode()
    assert "The mailbox is connected" in page
    account = Account.objects.get()
    assert unseal(account.secrets)["refresh_token"]
    assert "refresh_token" not in account.config
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    assert poll_now(account).failures == 0
    again = admin.get("/accounts/consent/", back, follow=True).content.decode()
    assert "begun elsewhere or too long ago" in again, "what came back counts once"


@pytest.mark.parametrize("auth", PROVIDERS)
def test_a_lost_permission_is_given_again_and_the_account_keeps_its_place(admin, sandbox, auth):
    page = admin.post("/accounts/add/email/", typed(auth)).content.decode()
    admin.get("/accounts/consent/", agree(sandbox, go_there(page)))
    account = Account.objects.get()
    account = poll_now(account)
    sandbox.fault("mail", "*", "revoke_token")
    account = poll_now(account)
    assert account.state == AccountState.RECONNECT
    form = typed(auth)
    form.pop("account_name")
    form.pop("client_secret")  # what is stored stays
    page = admin.post(f"/accounts/{account.pk}/connect/", form).content.decode()
    page = admin.get("/accounts/consent/", agree(sandbox, go_there(page)), follow=True).content.decode()
    assert "is connected" in page
    cursor = account.cursor
    account.refresh_from_db()
    assert (account.state, account.cursor) == (AccountState.ACTIVE, cursor)
    assert poll_now(account).failures == 0


def test_who_does_not_allow_it_is_told_and_nothing_is_stored(admin: Client, sandbox: Any):
    page = admin.post("/accounts/add/email/", typed("google")).content.decode()
    back = agree(sandbox, go_there(page), "deny")
    page = admin.get("/accounts/consent/", back, follow=True).content.decode()
    assert "The sign-in was not allowed there. Nothing was stored." in page
    assert Account.objects.count() == 0


def test_an_answer_with_another_state_or_from_another_browser_connects_nothing(admin, sandbox):
    page = admin.post("/accounts/add/email/", typed("microsoft")).content.decode()
    back = agree(sandbox, go_there(page))
    other = Client()
    other.force_login(make_member("Eve", Role.ADMIN))
    other.get("/accounts/consent/", back)
    admin.get("/accounts/consent/", back | {"state": "made-up"})
    admin.get("/accounts/consent/", back)  # the wrong one has used up what was begun
    assert Account.objects.count() == 0


def test_without_an_application_id_the_field_says_so(admin: Client, sandbox: Any):
    page = admin.post("/accounts/add/email/", typed("microsoft", client_id="")).content.decode()
    assert "Give the application ID. Nothing was stored." in page
