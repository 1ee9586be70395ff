"""Credentials at rest: encrypted JSON that says with which key it was written.

Stored form: eight characters of key id, a colon, a Fernet token. The key id is the head of the key's SHA-256,
so that `rotate_secrets` can tell what is still under an old key without opening anything.
"""

import hashlib
import json

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class SecretsUnreadable(Exception):
    """No configured key opens these secrets."""


def new_key() -> str:
    """Return a new key for CREDENTIAL_KEYS."""
    return Fernet.generate_key().decode("ascii")


def key_id(key: str) -> str:
    """Return the public name of a key: it tells keys apart and reveals nothing."""
    return hashlib.sha256(key.encode("ascii")).hexdigest()[:8]


def seal(secrets: dict[str, str]) -> bytes:
    """Encrypt with the newest key."""
    newest = settings.CREDENTIAL_KEYS[0]
    token = Fernet(newest).encrypt(json.dumps(secrets).encode("utf-8"))
    return f"{key_id(newest)}:".encode("ascii") + token


def unseal(sealed: bytes | memoryview | None) -> dict[str, str]:
    """Decrypt what `seal` made; nothing gives an empty dict. Raises SecretsUnreadable."""
    if sealed is None:
        return {}
    name, _, token = bytes(sealed).partition(b":")
    for key in settings.CREDENTIAL_KEYS:
        if key_id(key).encode("ascii") == name:
            try:
                opened: dict[str, str] = json.loads(Fernet(key).decrypt(token))
            except InvalidToken as error:
                raise SecretsUnreadable("The stored credentials were damaged.") from error
            return opened
    raise SecretsUnreadable(
        f"The stored credentials were written with the key {name.decode('ascii', 'replace')}, "
        "which is not among CREDENTIAL_KEYS."
    )


def is_current(sealed: bytes | memoryview | None) -> bool:
    """Say whether these secrets are under the newest key (or there are none)."""
    return sealed is None or bytes(sealed).startswith(key_id(settings.CREDENTIAL_KEYS[0]).encode("ascii"))
