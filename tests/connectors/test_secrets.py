"""Credentials are never stored in the clear, and keys can be changed while the desk works."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from connectors.access import open_access, renew_secrets
from connectors.errors import AuthRevoked
from connectors.models import Account
from connectors.secrets import SecretsUnreadable, new_key, seal, unseal
from tests.factories import make_account


def test_what_is_sealed_can_be_opened_and_does_not_show(settings):
    sealed = seal({"password": "canary-1234"})
    assert b"canary" not in sealed
    assert unseal(sealed) == {"password": "canary-1234"}


def test_a_key_that_is_gone_is_named_and_nothing_is_guessed(settings):
    sealed = seal({"password": "x"})
    settings.CREDENTIAL_KEYS = [new_key()]
    with pytest.raises(SecretsUnreadable, match="CREDENTIAL_KEYS"):
        unseal(sealed)


def test_damaged_credentials_are_not_opened():
    sealed = seal({"password": "x"})
    with pytest.raises(SecretsUnreadable):
        unseal(sealed[:-5] + b"AAAA=")


@pytest.mark.django_db
def test_after_a_rotation_the_old_key_can_be_taken_away(settings):
    account = make_account(secrets=seal({"token": "canary-5678"}))
    old, new = settings.CREDENTIAL_KEYS[0], new_key()
    settings.CREDENTIAL_KEYS = [new, old]
    call_command("rotate_secrets")
    settings.CREDENTIAL_KEYS = [new]
    account.refresh_from_db()
    assert unseal(account.secrets) == {"token": "canary-5678"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT convert_from(secrets, 'LATIN1') FROM connectors_account")
        assert "canary" not in cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_rotation_that_cannot_open_something_says_which(settings):
    make_account(secrets=seal({"token": "x"}))
    settings.CREDENTIAL_KEYS = [new_key()]
    with pytest.raises(CommandError, match="Account"):
        call_command("rotate_secrets")


@pytest.mark.django_db
def test_an_account_whose_key_is_gone_must_be_connected_again(settings):
    account = make_account(secrets=seal({"token": "x"}))
    settings.CREDENTIAL_KEYS = [new_key()]
    with pytest.raises(AuthRevoked):
        open_access(account)


@pytest.mark.django_db
def test_a_single_use_token_that_was_renewed_meanwhile_is_not_used_again():
    account = make_account(secrets=seal({"access_token": "old", "refresh_token": "r1"}))
    first, second = open_access(account), open_access(account)
    used = []

    def renew(secrets):
        used.append(secrets["refresh_token"])
        return {"access_token": "new", "refresh_token": "r2"}

    renew_secrets(first, "old", renew)
    renew_secrets(second, "old", renew)
    assert used == ["r1"]
    assert second.secrets == {"access_token": "new", "refresh_token": "r2"}
    assert unseal(Account.objects.get().secrets) == second.secrets


def test_secrets_do_not_show_when_an_access_is_printed():
    from connectors.contract import AccountAccess

    assert "canary" not in repr(AccountAccess(id=1, address="", config={}, secrets={"a": "canary"}))
