"""Add, test, pause, resume and re-connect accounts: for admins, each in the trail."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record
from connectors.access import open_access
from connectors.canaries import forget_lost
from connectors.contract import AccountAccess, Health
from connectors.errors import ConnectorError
from connectors.models import Account, AccountState
from connectors.registry import find_connector
from connectors.secrets import SecretsUnreadable, seal, unseal
from connectors.typed import read_values
from inbox import live
from inbox.errors import BadInput, NotAllowed, WrongState
from staff.permissions import can_manage_accounts

LONGEST_SILENCE = 10_080  # minutes in a week


def add_account(*, actor: Any, channel: str, name: str, values: dict[str, Any]) -> Account:
    """Connect an account once a test of it has passed. Raises BadInput, NotAllowed."""
    must_manage(actor)
    if channel not in settings.CHANNELS:
        raise BadInput("This channel is not enabled.", field="channel")
    if not name.strip():
        raise BadInput("Give the account a name. Nothing was stored.", field="name")
    typed = read_values(channel, values)
    address = str(typed.config.get("address") or "")
    access = AccountAccess(id=0, address=address, config=typed.config, secrets=typed.secrets)
    health = must_work(channel, access)
    # What was found on the way in can decide what the account can do, such as its server's length limit.
    access = replace(access, config={**typed.config, **health.config})
    try:
        with transaction.atomic():
            account = Account.objects.create(
                channel=channel,
                name=name.strip()[:120],
                address=health.address[:320],
                config=access.config,
                secrets=seal(access.secrets),
                capability_facts=find_connector(channel).capabilities(access).to_json(),
                poll_seconds=settings.POLL_SECONDS,
                next_poll_at=timezone.now(),
            )
            record(
                actor=actor,
                verb="account added",
                subject=account,
                channel=channel,
                address=account.address,
                settings=typed.config,
            )
            live.announce("account", id=account.pk)
    except IntegrityError as error:
        raise BadInput(
            f"{health.address} is connected already. Nothing was changed.", field="address"
        ) from error
    return account


def reconnect_account(*, actor: Any, account_id: int, values: dict[str, Any]) -> Account:
    """Give an account new credentials once a test of them has passed; those left empty stay as they are.

    Raises BadInput, NotAllowed.
    """
    must_manage(actor)
    account = Account.objects.get(pk=account_id)
    stored = read_stored(account)
    typed = read_values(account.channel, values, stored)
    before = dict(account.config)
    config = {**before, **typed.config}
    # New credentials are tested without a row behind them, so that a test cannot overwrite what is stored.
    access = AccountAccess(
        id=0 if typed.secrets else account.pk,
        address=account.address,
        config=config,
        secrets={**stored, **typed.secrets},
    )
    health = must_work(account.channel, access)
    if health.address and account.address and health.address.lower() != account.address.lower():
        raise BadInput(
            f"These credentials belong to {health.address}, not to {account.address}. Nothing was changed.",
            field="address",
        )
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        access = replace(access, config={**config, **health.config})
        account.secrets, account.config = seal(access.secrets), access.config
        account.capability_facts = find_connector(account.channel).capabilities(access).to_json()
        account.save(update_fields=["secrets", "config", "capability_facts"])
        changed = {name: value for name, value in typed.config.items() if before.get(name) != value}
        change_state(account, AccountState.ACTIVE, actor, "account reconnected")
        if changed:
            record(actor=actor, verb="account settings changed", subject=account, changed=changed)
    return account


def pause_account(*, actor: Any, account_id: int) -> Account:
    """Stop collecting and sending; a poll under way stores nothing more. Raises WrongState, NotAllowed."""
    must_manage(actor)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        if account.state == AccountState.PAUSED:
            raise WrongState(f"{account.name} is paused already.")
        return change_state(account, AccountState.PAUSED, actor, "account paused")


def resume_account(*, actor: Any, account_id: int) -> Account:
    """Collect and send again, from where it stopped. Raises WrongState, NotAllowed."""
    must_manage(actor)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        if account.state != AccountState.PAUSED:
            raise WrongState(f"{account.name} is not paused.")
        return change_state(account, AccountState.ACTIVE, actor, "account resumed")


def set_silence(*, actor: Any, account_id: int, way: str, minutes: str) -> Account:
    """Set after how much quiet there is an alarm: `way` is learned, off or fixed (then after `minutes`).

    Raises BadInput, NotAllowed.
    """
    must_manage(actor)
    known: dict[str, int | None] = {"learned": None, "off": 0}
    seconds = known.get(way)
    if way == "fixed":
        if not (minutes.isascii() and minutes.isdigit() and 1 <= int(minutes[:6]) <= LONGEST_SILENCE):
            raise BadInput(
                f"Give the minutes as a whole number from 1 to {LONGEST_SILENCE}. Nothing was changed.",
                field="minutes",
            )
        seconds = 60 * int(minutes)
    elif way not in known:
        raise BadInput("Choose when the alarm is wanted. Nothing was changed.", field="way")
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        account.silence_seconds = seconds
        account.save(update_fields=["silence_seconds"])
        record(actor=actor, verb="account alarm set", subject=account, way=way, seconds=seconds)
        live.announce("account", id=account.pk)
    return account


def test_account(*, actor: Any, account_id: int) -> Health:
    """Look whether a stored account works, changing nothing. Raises NotAllowed."""
    must_manage(actor)
    account = Account.objects.get(pk=account_id)
    try:
        health = find_connector(account.channel).check(open_access(account))
    except ConnectorError as error:
        health = Health(ok=False, sentence=error.sentence)
    with transaction.atomic():
        record(actor=actor, verb="account tested", subject=account, ok=health.ok, found=health.sentence)
    return health


def change_state(account: Account, state: AccountState, actor: Any, verb: str) -> Account:
    """Set the state inside the caller's transaction; the fence moves, so that a poll under way is void."""
    account.state, account.next_poll_at = state, timezone.now()
    account.lease_until, account.lease_owner = None, ""
    account.lease_fence += 1
    account.failures, account.failing_since, account.limited_until = 0, None, None
    account.problem_kind = account.problem = ""
    account.save()
    if state == AccountState.ACTIVE:
        forget_lost(account)
    record(actor=actor, verb=verb, subject=account)
    live.announce("account", id=account.pk)
    return account


def must_manage(actor: Any) -> None:
    """Let admins pass, and the desk's own commands (no actor). Raises NotAllowed."""
    if actor is not None and not can_manage_accounts(actor):
        raise NotAllowed("You may not manage accounts.")


def must_work(channel: str, access: AccountAccess) -> Health:
    """Test an account. Raises BadInput with what was found when it does not work."""
    try:
        health = find_connector(channel).check(access)
    except ConnectorError as error:
        raise BadInput(f"{error.sentence} Nothing was stored.", field="") from error
    if not health.ok:
        raise BadInput(f"{health.sentence} Nothing was stored.", field="")
    return health


def read_stored(account: Account) -> dict[str, str]:
    """Return the stored credentials, none when no key opens them any more."""
    try:
        return unseal(account.secrets)
    except SecretsUnreadable:
        return {}
