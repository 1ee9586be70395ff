"""Signing in with tokens that run out: renewed by themselves where they can be, told to people where not."""

import json
import threading
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection

from connectors.access import open_access
from connectors.email.connector import CONNECTOR
from connectors.errors import AuthRevoked, RateLimited, Transient
from connectors.models import Account
from connectors.secrets import seal, unseal
from tests.connectors.conftest import poll_now
from tests.connectors.email.test_mailbox import DESK, access, answer, collect
from tests.connectors.email.test_threading import mailbox

__all__ = ["access", "mailbox"]
pytestmark = pytest.mark.django_db

GOOD = "sandbox-mail-token"
APP = {"client_id": "sandbox-mail-app", "tenant": "northshire"}
SECRET = "sandbox-mail-app-secret"  # the sandbox's own
PROVIDERS = ("microsoft", "google")


def with_tokens(access, auth="microsoft", config=(), **secrets):
    return replace(access, config={**access.config, "auth": auth, **APP, **dict(config)}, secrets=secrets)


@pytest.fixture(params=PROVIDERS)
def consented(request, access, sandbox):
    """A mailbox whose owner has agreed at one of the providers."""
    return consent_to(access, sandbox, request.param)


def consent_to(access, sandbox, auth):
    wished = with_tokens(access, auth, client_secret=SECRET)
    asked = CONNECTOR.ask_consent(wished, "http://127.0.0.1:1/accounts/consent/")
    path = asked.address.partition("://")[2].partition("/")[2]
    said = requests.post(
        f"{sandbox.url}/{path}",
        data={"mailbox": DESK, "answer": "allow"},
        allow_redirects=False,
        timeout=10,
    )
    back = dict(parse_qsl(urlsplit(said.headers["Location"]).query))
    found = CONNECTOR.take_consent(wished, asked.kept, back)
    return replace(wished, secrets={"client_secret": SECRET, **found})


def grants(sandbox):
    return [one["data"]["grant"] for one in sandbox.journal("served") if one["data"].get("grant")]


def test_a_token_opens_the_mailbox_and_sends(sandbox, access):
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    signed = with_tokens(access, access_token=GOOD)
    (item,), _ = collect(signed)
    assert CONNECTOR.send(signed, answer(item)).remote_id


def test_a_consent_opens_the_mailbox_and_sends(sandbox, consented):
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    (item,), _ = collect(consented)
    assert CONNECTOR.send(consented, answer(item)).remote_id
    assert grants(sandbox) == ["authorization_code"]


def test_a_token_that_ran_out_is_renewed_once_and_its_refresh_token_used_once(sandbox, consented):
    before = dict(consented.secrets)
    for round_number in (1, 2):
        sandbox.fault("mail", "*", "expire_token")
        sandbox.post("/town/mail", author="Jo M.", text="Hello")
        collect(consented)
        assert grants(sandbox).count("refresh_token") == round_number
    assert consented.secrets["refresh_token"] != before["refresh_token"]


def test_a_token_is_renewed_before_it_runs_out(sandbox, consented):
    consented.secrets["expires_at"] = "1"
    collect(consented)
    assert grants(sandbox)[-1] == "refresh_token"


def test_a_permission_that_was_taken_back_asks_for_a_person(sandbox, consented):
    sandbox.fault("mail", "*", "revoke_token")
    with pytest.raises(AuthRevoked) as caught:
        collect(consented)
    assert caught.value.code == "invalid_grant"


def test_an_application_without_a_person_gets_its_tokens_by_itself(sandbox, access):
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    signed = with_tokens(access, config={"grant": "application"}, client_secret=SECRET)
    assert CONNECTOR.ask_consent(signed, "http://127.0.0.1:1/") is None
    assert len(collect(signed)[0]) == 1
    sandbox.fault("mail", "*", "expire_token")
    collect(signed)
    assert grants(sandbox) == ["client_credentials", "client_credentials"]


def test_a_wrong_secret_or_tenant_asks_for_a_person(sandbox, access):
    with pytest.raises(AuthRevoked) as caught:
        collect(with_tokens(access, client_secret="wrong"))
    assert caught.value.code == "invalid_client"
    with pytest.raises(AuthRevoked) as caught:
        collect(with_tokens(access, config={"tenant": "nowhere"}, client_secret=SECRET))
    assert caught.value.code == "tenant"


@pytest.fixture(scope="module")
def key_file():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, kind, plain).decode()
    named = {"client_email": "desk@sandbox-project.iam.gserviceaccount.com", "private_key_id": "k1"}
    return json.dumps({**named, "private_key": pem, "token_uri": "https://elsewhere.example/"}, indent=1), key


def test_a_service_account_signs_for_its_mailbox(sandbox, access, key_file):
    from connectors.email import google

    text, key = key_file
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    signed = with_tokens(access, "google", {"grant": "application"}, service_account=text)
    assert len(collect(signed)[0]) == 1
    claims = jwt.decode(
        google.write_letter(text, DESK),
        key.public_key(),
        ["RS256"],
        audience="https://oauth2.googleapis.com/token",
    )
    assert (claims["sub"], claims["scope"]) == (DESK, "https://mail.google.com/")


def test_a_key_file_that_is_none_asks_for_a_person(sandbox, access):
    with pytest.raises(AuthRevoked) as caught:
        collect(with_tokens(access, "google", {"grant": "application"}, service_account="{}"))
    assert caught.value.code == "key_file"


@pytest.mark.parametrize("auth", PROVIDERS)
@pytest.mark.parametrize(("status", "kind"), [(503, Transient), (429, RateLimited)])
def test_a_token_server_out_of_order_passes_by_itself(sandbox, access, auth, status, kind):
    sandbox.fault("mail", "oauth.token", "no", status=status)
    with pytest.raises(kind):
        collect(with_tokens(access, auth, client_secret=SECRET, access_token="old", refresh_token="r1"))


def test_a_token_server_that_is_away_passes_by_itself(access, settings, sandbox):
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    for auth in PROVIDERS:
        with pytest.raises(Transient):
            collect(with_tokens(access, auth, client_secret=SECRET, access_token="old", refresh_token="r1"))


def test_an_answer_from_the_page_that_says_no_or_nothing_is_told(sandbox, access):
    wished = with_tokens(access, client_secret=SECRET)
    asked = CONNECTOR.ask_consent(wished, "http://127.0.0.1:1/")
    for back in ({"error": "access_denied"}, {}, {"code": "made-up", "state": asked.state}):
        with pytest.raises(AuthRevoked):
            CONNECTOR.take_consent(wished, asked.kept, back)


@pytest.mark.django_db(transaction=True)
def test_two_that_renew_at_once_use_a_single_use_token_once(mailbox, sandbox, access):
    signed = consent_to(access, sandbox, "microsoft")
    config = {**mailbox.config, "auth": "microsoft", **APP}
    Account.objects.filter(pk=mailbox.pk).update(config=config, secrets=seal(signed.secrets))
    sandbox.fault("mail", "*", "expire_token")
    failures: list[Exception] = []

    def poll():
        try:
            collect(open_access(Account.objects.get(pk=mailbox.pk)))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=poll) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert grants(sandbox).count("refresh_token") == 1
    stored = unseal(Account.objects.get(pk=mailbox.pk).secrets)
    assert stored["refresh_token"] != signed.secrets["refresh_token"]


def test_what_was_renewed_is_stored_before_it_is_used(mailbox, sandbox, access):
    signed = consent_to(access, sandbox, "google")
    config = {**mailbox.config, "auth": "google", **APP}
    Account.objects.filter(pk=mailbox.pk).update(config=config, secrets=seal(signed.secrets))
    mailbox.refresh_from_db()
    sandbox.fault("mail", "*", "expire_token")
    sandbox.fault("mail", "imap.examine", "cut", times=5)
    mailbox = poll_now(mailbox)
    assert mailbox.failures == 1
    assert unseal(mailbox.secrets)["refresh_token"] != signed.secrets["refresh_token"]
    sandbox.clear_faults()
    assert poll_now(mailbox).failures == 0
