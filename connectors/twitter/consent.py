"""Connect an account through X's own consent page: OAuth 2.0 with PKCE (contract section 1.2)."""

import base64
import hashlib
import secrets as random
from typing import Any
from urllib.parse import urlencode

import requests

from connectors.contract import AccountAccess, ConsentAsked
from connectors.errors import AuthRevoked, InvalidContent
from connectors.faults import explain_network
from connectors.http import open_session
from connectors.twitter.client import TOKEN_URL, read_json
from connectors.twitter.config import API_HOSTS, NAME

PAGE = "https://x.com/i/oauth2/authorize"
SCOPE = (
    "tweet.read tweet.write tweet.moderate.write users.read dm.read dm.write like.write media.write "
    "offline.access"
)


def ask(access: AccountAccess, return_to: str) -> ConsentAsked | None:
    """Return where to agree; None where keys were pasted. The verifier stays with us (RFC 7636)."""
    if access.config.get("sign_in") != "consent":
        return None
    if not access.secrets.get("client_id"):
        raise InvalidContent("Give the OAuth 2.0 client ID.", code="client_id")
    state, verifier = random.token_urlsafe(32), random.token_urlsafe(64)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": access.secrets["client_id"],
        "redirect_uri": return_to,
        "scope": SCOPE,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    kept = {"verifier": verifier, "return_to": return_to}
    return ConsentAsked(address=f"{PAGE}?{urlencode(asked)}", state=state, kept=kept)


def take(access: AccountAccess, kept: dict[str, Any], answer: dict[str, str]) -> dict[str, str]:
    """Return the tokens for the code that came back, which lives half a minute. Raises connectors.errors."""
    if answer.get("error") or not answer.get("code"):
        raise AuthRevoked("The app was not authorised on X's page.", code=answer.get("error", "")[:60])
    client_id, secret = access.secrets.get("client_id", ""), access.secrets.get("client_secret", "")
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": str(kept.get("return_to", "")),
        "code_verifier": str(kept.get("verifier", "")),
        "client_id": client_id,
    }
    try:
        response = open_session(API_HOSTS).post(
            TOKEN_URL, data=form, auth=(client_id, secret) if secret else None
        )
    except (requests.RequestException, OSError) as error:
        raise explain_network(error, writing=False, name=NAME) from None
    if response.status_code != 200:
        raise AuthRevoked(
            "X did not accept what came back from its page. Press the button there within half a minute.",
            code=str(response.status_code),
        )
    told = read_json(response, writing=False)
    found = {name: str(told.get(name) or "") for name in ("access_token", "refresh_token")}
    if not all(found.values()):
        raise AuthRevoked("X gave no lasting permission. Begin again and allow everything.", code="token")
    return found
