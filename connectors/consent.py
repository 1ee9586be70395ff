"""Connect an account by a person's consent on the platform's own page: begun here, finished on return."""

import base64
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import constant_time_compare

from connectors import services
from connectors.contract import AccountAccess, Consents
from connectors.errors import ConnectorError
from connectors.models import Account
from connectors.registry import find_connector
from connectors.secrets import SecretsUnreadable, seal, unseal
from connectors.typed import read_values
from inbox.errors import BadInput

LASTS_SECONDS = 900
GONE = "This sign-in was begun elsewhere or too long ago. Nothing was stored. Begin again."


@dataclass(frozen=True)
class Begun:
    """`address` is the platform's page; `pending` is for the admin's own session, sealed."""

    address: str
    pending: dict[str, Any]


@dataclass(frozen=True)
class Wish:
    """What an admin wants to connect: `account` where it exists already, else a `name` for a new one."""

    channel: str
    values: dict[str, Any]
    name: str = ""
    account: Account | None = None


def begin(actor: Any, wish: Wish, return_to: str) -> Begun | None:
    """Return where the admin must sign in; None where what was typed needs no consent. Raises BadInput."""
    services.must_manage(actor)
    connector = find_consenting(wish.channel)
    if connector is None:
        return None
    try:
        asked = connector.ask_consent(open_typed(wish), return_to)
    except ConnectorError as error:
        raise BadInput(f"{error.sentence} Nothing was stored.", field=error.code) from error
    if asked is None:
        return None
    sealed = seal({"values": json.dumps(wish.values), "kept": json.dumps(asked.kept)})
    pending = {
        "state": asked.state,
        "channel": wish.channel,
        "name": wish.name,
        "account": wish.account.pk if wish.account else None,
        "sealed": base64.b64encode(sealed).decode("ascii"),
        "at": time.time(),
    }
    return Begun(find_page(asked.address), pending)


def find_page(address: str) -> str:
    """Return the platform's page as a browser can open it: in the demo it is the sandbox's."""
    if not settings.SANDBOX_URL:
        return address
    parts = urlsplit(address)
    return f"{settings.SANDBOX_URL.rstrip('/')}{parts.path}?{parts.query}"


def finish(actor: Any, pending: dict[str, Any] | None, answer: dict[str, str]) -> Account:
    """Connect the account with what came back. Raises BadInput, NotAllowed, Account.DoesNotExist."""
    services.must_manage(actor)
    if not pending or time.time() - float(pending["at"]) > LASTS_SECONDS:
        raise BadInput(GONE, field="")
    if not constant_time_compare(str(pending["state"]), answer.get("state", "")):
        raise BadInput(GONE, field="")
    wish, kept = reopen(pending)
    connector = find_consenting(wish.channel)
    if connector is None:
        raise BadInput(GONE, field="")
    try:
        found = connector.take_consent(open_typed(wish), kept, answer)
    except ConnectorError as error:
        raise BadInput(f"{error.sentence} Nothing was stored.", field="") from error
    values = {**wish.values, **found}
    if wish.account:
        return services.reconnect_account(actor=actor, account_id=wish.account.pk, values=values)
    return services.add_account(actor=actor, channel=wish.channel, name=wish.name, values=values)


def find_consenting(channel: str) -> Consents | None:
    """Return the channel's connector when it is enabled and knows consents."""
    if channel not in settings.CHANNELS:
        return None
    connector = find_connector(channel)
    return connector if isinstance(connector, Consents) else None


def reopen(pending: dict[str, Any]) -> tuple[Wish, dict[str, Any]]:
    """Return what was wished and what the channel kept. Raises BadInput when no key opens it any more."""
    try:
        opened = unseal(base64.b64decode(pending["sealed"]))
    except SecretsUnreadable as error:
        raise BadInput(GONE, field="") from error
    account = Account.objects.get(pk=pending["account"]) if pending["account"] else None
    wish = Wish(pending["channel"], json.loads(opened["values"]), pending["name"], account)
    return wish, json.loads(opened["kept"])


def open_typed(wish: Wish) -> AccountAccess:
    """Return what was typed as a connector sees it; credentials left empty are those that are stored."""
    stored = services.read_stored(wish.account) if wish.account else {}
    typed = read_values(wish.channel, wish.values, stored)
    address = str(typed.config.get("address") or (wish.account.address if wish.account else ""))
    return AccountAccess(0, address, typed.config, {**stored, **typed.secrets})
