"""Accounts that are connected to the sandbox, and the steps that the tests of channels share."""

import pytest
from django.utils import timezone

from connectors.management.commands.connect_sandbox import FACEBOOK, X
from connectors.models import Account
from connectors.polling import poll_account
from connectors.services import add_account
from tests.sandbox_process import Sandbox, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]


@pytest.fixture
def x_account(db: None, sandbox: Sandbox) -> Account:
    """The force's account on X."""
    return add_account(actor=None, channel="twitter", name="Northshire on X", values=X)


@pytest.fixture
def page(db: None, sandbox: Sandbox) -> Account:
    """The force's Page on Facebook."""
    return add_account(actor=None, channel="facebook", name="Northshire on Facebook", values=FACEBOOK)


def poll_now(account: Account) -> Account:
    """Poll the account at once, whenever it is due, and return its row as it is then."""
    cursor = {name: value for name, value in account.cursor.items() if not name.endswith("_at")}
    Account.objects.filter(pk=account.pk).update(
        next_poll_at=timezone.now(), limited_until=None, cursor=cursor
    )
    assert poll_account(account.pk)
    account.refresh_from_db()
    return account
