"""The accounts' health for scripts."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.authtoken.models import Token

from tests.factories import make_account

pytestmark = pytest.mark.django_db


def fetch(client, member):
    headers = {"Authorization": f"Token {Token.objects.create(user=member).key}"}
    return client.get("/api/v1/accounts/", headers=headers)


def test_every_account_says_how_it_is_and_keeps_its_secrets(client, auditor):
    now = timezone.now()
    fine = make_account(name="A", last_collected_at=now - timedelta(seconds=4), secrets=b"canary-secret")
    lost = make_account(name="B", state="reconnect", failing_since=now, config={"token": "canary-config"})
    answer = fetch(client, auditor)
    rows = {row["id"]: row for row in answer.json()["results"]}
    assert (rows[fine.pk]["health"]["word"], rows[fine.pk]["health"]["ok"]) == ("ok", True)
    assert (rows[lost.pk]["health"]["word"], rows[lost.pk]["health"]["ok"]) == ("disconnected", False)
    assert b"canary" not in answer.content


def test_strangers_see_no_account(client):
    make_account()
    assert client.get("/api/v1/accounts/").status_code in (401, 403)
