"""Open and renew a session: a refresh token works once, the app password opens a new session (section 7)."""

from typing import Any
from urllib.parse import urlsplit

import requests

from connectors.bluesky.config import HOST, NAME
from connectors.bluesky.refusals import explain_refusal
from connectors.contract import AccountAccess
from connectors.errors import AuthExpired, AuthRevoked, Transient
from connectors.faults import explain_network
from connectors.http import open_session
from connectors.reading import read_dict, read_list

SERVICE = "AtprotoPersonalDataServer"


def exchange(access: AccountAccess, host: str, secrets: dict[str, str]) -> dict[str, str]:
    """Return fresh tokens for those in `secrets`. Raises AuthRevoked when the app password is refused.

    Sessions may be opened 300 times a day only, so a refresh token is used first; when it has ended, or its
    answer was lost, the app password opens a new session and nothing is broken.
    """
    if secrets.get("refresh_token"):
        try:
            base = f"https://{find_host(secrets, host)}"
            return read_tokens(ask(base, "refreshSession", token=secrets["refresh_token"]))
        except (AuthExpired, AuthRevoked, Transient):
            pass
    handle = str(access.config.get("handle") or "").strip().lstrip("@")
    form = {"identifier": handle, "password": secrets.get("app_password", "")}
    return read_tokens(ask(f"https://{host}", "createSession", form=form))


def ask(base: str, method: str, *, token: str = "", form: dict[str, str] | None = None) -> dict[str, Any]:
    """Call one of the session methods. Nothing is said to the public by them: what is lost is transient."""
    session = open_session((urlsplit(base).hostname or "",))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        response = session.post(f"{base}/xrpc/com.atproto.server.{method}", json=form, headers=headers)
    except (requests.RequestException, OSError) as error:
        raise explain_network(error, writing=False, name=NAME) from None
    if response.status_code != 200:
        raise explain_refusal(response, writing=False)
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Transient("Bluesky sent an answer that cannot be read.", code="session")
    return answer


def read_tokens(answer: dict[str, Any]) -> dict[str, str]:
    """Return the tokens, and where the account's data lives. Raises Transient when there are none."""
    access, refresh = answer.get("accessJwt"), answer.get("refreshJwt")
    if not isinstance(access, str) or not isinstance(refresh, str):
        raise Transient("Bluesky opened a session without giving a token.", code="session")
    kept = {"access_token": access, "refresh_token": refresh}
    services = read_list(read_dict(answer, "didDoc"), "service")
    found = next((one.get("serviceEndpoint") for one in services if one.get("type") == SERVICE), "")
    return {**kept, "pds": str(found)} if found else kept


def find_host(secrets: dict[str, str], host: str) -> str:
    """Return the server that holds the account's data, as its session said; else the one that was typed."""
    parts = urlsplit(secrets.get("pds", ""))
    named = (parts.hostname or "").lower()
    return named if parts.scheme == "https" and HOST.fullmatch(named) and not parts.port else host
