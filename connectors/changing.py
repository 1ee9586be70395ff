"""Change what an account says of itself, such as its signature: no credentials are needed for that."""

import json
from dataclasses import replace
from typing import Any

from django.db import transaction

from audit.services import record
from connectors.contract import AccountAccess, Setup
from connectors.models import Account
from connectors.registry import find_connector
from connectors.services import must_manage
from connectors.typed import read_value
from inbox import live


def list_free(channel: str) -> Setup:
    """Return the part of the channel's set-up that can be changed at any time."""
    setup = find_connector(channel).setup()
    return replace(setup, fields=tuple(one for one in setup.fields if one.free))


def change_settings(*, actor: Any, account_id: int, values: dict[str, Any]) -> Account:
    """Change the free settings and what the account can do by them. Raises BadInput, NotAllowed."""
    must_manage(actor)
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
        given = {one.name: read_value(one, values.get(one.name)) for one in list_free(account.channel).fields}
        changed = {name: value for name, value in given.items() if account.config.get(name) != value}
        account.config = {**account.config, **given}
        account.save(update_fields=["config"])
        refresh_abilities(account)
        record(actor=actor, verb="account settings changed", subject=account, changed=changed)
        live.announce("account", id=account.pk)
    return account


def refresh_abilities(account: Account) -> None:
    """Write down anew what the account can do, when its settings or the desk itself say otherwise by now."""
    access = AccountAccess(account.pk, account.address, dict(account.config), {})
    facts = json.loads(json.dumps(find_connector(account.channel).capabilities(access).to_json()))
    if facts != account.capability_facts:
        account.capability_facts = facts
        Account.objects.filter(pk=account.pk).update(capability_facts=facts)
