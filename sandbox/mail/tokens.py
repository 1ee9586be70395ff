"""OAuth tokens of the mail provider: access of an hour, refresh tokens and codes that work once."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass

from sandbox.store import Store

LIFE_SECONDS = 3_600
CODE_SECONDS = 300
EVERY_MAILBOX = "*"


@dataclass(frozen=True)
class Pair:
    """`refresh` is empty for an application that acts by itself."""

    access: str
    refresh: str = ""


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What somebody agreed to: the code is good for this address to return to and this challenge only."""

    address: str
    client: str
    return_to: str
    challenge: str = ""
    nonce: str = ""


def give_code(store: Store, consent: Consent) -> str:
    """The code that goes back with the browser."""
    code = secrets.token_urlsafe(32)
    more = (consent.client, consent.return_to, consent.challenge, consent.nonce)
    _keep(store, (code, "code", consent.address, code, time.time() + CODE_SECONDS), more)
    return code


def take_code(store: Store, code: str, client: str, return_to: str, verifier: str) -> Consent | None:
    """What the code stands for, once; a second time ends the tokens that came of it (RFC 6749 4.1.2)."""
    row = store.one("SELECT * FROM mail_tokens WHERE token = ? AND kind = 'code'", (code,))
    if row is None or row["dead"] or row["expires"] <= time.time():
        return None
    if row["used"]:
        _end(store, row["family"])
        return None
    store.execute("UPDATE mail_tokens SET used = 1 WHERE token = ?", (code,))
    proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if (row["client"], row["return_to"]) != (client, return_to) or row["challenge"] not in ("", proof):
        return None
    return Consent(address=row["address"], client=client, return_to=return_to, nonce=row["nonce"])


def issue(store: Store, address: str, family: str) -> Pair:
    """A new pair for a mailbox."""
    pair = Pair(secrets.token_urlsafe(48), secrets.token_urlsafe(48))
    _keep(store, (pair.access, "access", address, family, time.time() + LIFE_SECONDS))
    _keep(store, (pair.refresh, "refresh", address, family, time.time() + 90 * 86_400))
    return pair


def issue_access(store: Store, address: str) -> Pair:
    """An access token without a refresh token: for an application, or a service account."""
    pair = Pair(secrets.token_urlsafe(48))
    _keep(store, (pair.access, "access", address, pair.access, time.time() + LIFE_SECONDS))
    return pair


def refresh(store: Store, token: str) -> Pair | None:
    """A new pair for a refresh token that was never used; using one twice ends the whole family."""
    row = store.one("SELECT * FROM mail_tokens WHERE token = ? AND kind = 'refresh'", (token,))
    if row is None or row["dead"] or row["expires"] <= time.time():
        return None
    if row["used"]:
        _end(store, row["family"])
        return None
    store.execute("UPDATE mail_tokens SET used = 1 WHERE token = ?", (token,))
    return issue(store, row["address"], row["family"])


def opens(store: Store, token: str, address: str) -> bool:
    """Whether an access token opens a mailbox now."""
    row = store.one("SELECT * FROM mail_tokens WHERE token = ? AND kind = 'access'", (token,))
    if row is None or row["dead"] or row["expires"] <= time.time():
        return False
    return row["address"] in (EVERY_MAILBOX, address)


def expire(store: Store, address: str) -> None:
    """Every access token that opens the mailbox is at its end; refresh tokens are not."""
    store.execute(
        "UPDATE mail_tokens SET expires = ? WHERE kind = 'access' AND address IN (?, ?)",
        (time.time(), address, EVERY_MAILBOX),
    )


def revoke(store: Store, address: str) -> None:
    """The permission is taken back: everything that was issued for the mailbox dies."""
    store.execute("UPDATE mail_tokens SET dead = 1 WHERE address = ?", (address,))


def _end(store: Store, family: str) -> None:
    store.execute("UPDATE mail_tokens SET dead = 1 WHERE family = ?", (family,))


def _keep(
    store: Store,
    facts: tuple[str, str, str, str, float],
    more: tuple[str, str, str, str] = ("", "", "", ""),
) -> None:
    store.execute("INSERT INTO mail_tokens VALUES (?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?)", (*facts, *more))
