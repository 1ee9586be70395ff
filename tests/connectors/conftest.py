"""Accounts that are connected to the sandbox, and the steps that the tests of channels share."""

import pytest
from django.utils import timezone

from connectors.demo import find_demo
from connectors.models import Account
from connectors.polling import poll_account
from connectors.services import add_account
from tests.sandbox_process import Sandbox, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]


@pytest.fixture
def x_account(db: None, sandbox: Sandbox) -> Account:
    """The force's account on X."""
    return connect("twitter")


@pytest.fixture
def page(db: None, sandbox: Sandbox) -> Account:
    """The force's Page on Facebook."""
    return connect("facebook")


def connect(channel: str) -> Account:
    """Connect the demo's account of a channel to the sandbox."""
    demo = find_demo(channel)
    assert demo
    return add_account(actor=None, channel=channel, name=demo.name, values=demo.values)


def poll_now(account: Account) -> Account:
    """Poll the account at once, whenever it is due, and return its row as it is then."""
    cursor = {name: value for name, value in account.cursor.items() if not name.endswith("_at")}
    Account.objects.filter(pk=account.pk).update(
        next_poll_at=timezone.now(), limited_until=None, cursor=cursor
    )
    assert poll_account(account.pk)
    account.refresh_from_db()
    return account
