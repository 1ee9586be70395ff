"""Tokens for Google: by a person's consent, or by a service account's letter (contract section 6.1)."""

import base64
import hashlib
import json
import secrets as random
import time
from typing import Any
from urllib.parse import urlencode

import jwt
import requests

from connectors.contract import AccountAccess, ConsentAsked
from connectors.email.tokens import must_last, read_token, unreachable
from connectors.errors import AuthRevoked
from connectors.http import open_session

HOST, PAGE = "oauth2.googleapis.com", "https://accounts.google.com/o/oauth2/v2/auth"
TOKENS = f"https://{HOST}/token"
SCOPE = "https://mail.google.com/"
LETTER_SECONDS = 3_600
_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def renew(secrets: dict[str, str], config: dict[str, Any], mailbox: str) -> dict[str, str]:
    """Return new tokens: by the refresh token of a consent, else by the service account's key."""
    if secrets.get("refresh_token"):
        asked = {"grant_type": "refresh_token", "refresh_token": secrets["refresh_token"]}
        return call({**name_client(secrets, config), **asked})
    return call({"grant_type": _BEARER, "assertion": write_letter(secrets["service_account"], mailbox)})


def write_letter(key_file: str, mailbox: str) -> str:
    """Return the signed letter by which a service account asks to act for a mailbox (RFC 7523).

    The address of the token server in the key file is not looked at: a key file does not say whom we call.
    """
    now = int(time.time())
    try:
        key = json.loads(key_file)
        claims = {"iss": key["client_email"], "sub": mailbox, "scope": SCOPE, "aud": TOKENS}
        claims |= {"iat": now, "exp": now + LETTER_SECONDS}
        named = {"kid": str(key.get("private_key_id") or "")}
        return jwt.encode(claims, key["private_key"], algorithm="RS256", headers=named)
    except (ValueError, TypeError, KeyError, AttributeError, jwt.PyJWTError) as error:
        sentence = "The key file of the service account cannot be read. Paste the whole file."
        raise AuthRevoked(sentence, code="key_file") from error


def ask_consent(access: AccountAccess, return_to: str) -> ConsentAsked:
    """Return where a person signs in as the mailbox; the verifier stays with us (RFC 7636)."""
    state, verifier = random.token_urlsafe(32), random.token_urlsafe(64)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": str(access.config.get("client_id") or ""),
        "redirect_uri": return_to,
        "response_type": "code",
        "scope": SCOPE,
        # Without these two no refresh token comes.
        "access_type": "offline",
        "prompt": "consent",
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "login_hint": str(access.config.get("username") or access.address),
    }
    kept = {"verifier": verifier, "return_to": return_to}
    return ConsentAsked(address=f"{PAGE}?{urlencode(asked)}", state=state, kept=kept)


def take_consent(access: AccountAccess, kept: dict[str, Any], answer: dict[str, str]) -> dict[str, str]:
    """Return the tokens for the code that came back with the browser. Raises connectors.errors."""
    asked = {
        "grant_type": "authorization_code",
        "code": answer.get("code", ""),
        "code_verifier": str(kept.get("verifier", "")),
        "redirect_uri": str(kept.get("return_to", "")),
    }
    return must_last(call({**name_client(access.secrets, access.config), **asked}))


def name_client(secrets: dict[str, str], config: dict[str, Any]) -> dict[str, str]:
    """Return who asks."""
    named = {
        "client_id": str(config.get("client_id") or ""),
        "client_secret": secrets.get("client_secret", ""),
    }
    return {name: value for name, value in named.items() if value}


def call(form: dict[str, str]) -> dict[str, str]:
    """Ask the token server. Raises connectors.errors."""
    try:
        answer = open_session([HOST]).post(TOKENS, data=form)
        told = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise unreachable(error) from error
    return read_token(answer.status_code, told if isinstance(told, dict) else {})
