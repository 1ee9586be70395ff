"""Who may sign in: a password, or an XOAUTH2 token (contract section 6.1)."""

import hmac
import re

from sandbox.mail import tokens
from sandbox.mail.owners import Account, find_account
from sandbox.store import Store


def with_password(store: Store, address: str, password: str) -> Account | None:
    account = find_account(store, address)
    return (
        account
        if account is not None and _same(account.password, password) and _whole(store, account)
        else None
    )


def with_token(store: Store, blob: str) -> Account | None:
    """The account of a decoded SASL XOAUTH2 message, None when its form or its token is wrong."""
    found = re.fullmatch(r"user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01", blob)
    account = find_account(store, found[1]) if found else None
    if account is None or found is None:
        return None
    if not _same(account.token, found[2]) and not tokens.opens(store, found[2], account.address):
        return None
    return account if _whole(store, account) else None


def _whole(store: Store, account: Account) -> bool:
    """False while the fault "revoke_token" or "expire_token" lies on the account (`Accounts.break_token`)."""
    return store.recall(f"token:mail:{account.address}") is None


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))
