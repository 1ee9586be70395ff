"""From an account's row to what a connector may know of it, and how rotating tokens are kept."""

from collections.abc import Callable

from django.db import transaction

from connectors.contract import AccountAccess
from connectors.errors import AuthRevoked
from connectors.models import Account
from connectors.secrets import SecretsUnreadable, seal, unseal


def open_access(account: Account) -> AccountAccess:
    """Return the settings with the credentials decrypted. Raises AuthRevoked when no key opens them."""
    try:
        secrets = unseal(account.secrets)
    except SecretsUnreadable as error:
        raise AuthRevoked(f"{error} Connect the account again.", code="secrets") from error
    return AccountAccess(
        id=account.pk,
        address=account.address,
        config=dict(account.config),
        secrets=secrets,
        failures=account.failures,
    )


def renew_secrets(
    access: AccountAccess, stale: str, renew: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    """Renew tokens that may be used once, in `access.secrets`: one process at a time, stored before use.

    `stale` is the access token that was refused. When another process has replaced it meanwhile, its result
    is taken and `renew` is not called: replaying a single-use refresh token kills the whole family
    (contract section 1.2).
    An access without a stored row (a set-up test) is renewed in memory only.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().only("secrets").filter(pk=access.id).first()
        secrets = unseal(account.secrets) if account else dict(access.secrets)
        if secrets.get("access_token", "") == stale:
            secrets.update(renew(secrets))
            if account:
                account.secrets = seal(secrets)
                account.save(update_fields=["secrets"])
    access.secrets.clear()
    access.secrets.update(secrets)
