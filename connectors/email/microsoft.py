"""Tokens for Microsoft 365, by a person's consent or for the application (contract section 6.1)."""

import warnings
from collections.abc import Callable
from typing import Any

import msal
import msal.exceptions
import requests

from connectors.contract import AccountAccess, ConsentAsked
from connectors.email.tokens import must_last, read_token, unreachable
from connectors.errors import AuthRevoked, ConnectorError
from connectors.http import GuardedSession, open_session

HOST = "login.microsoftonline.com"
# msal asks for offline_access by itself, which is what makes a refresh token come.
OF_A_PERSON = [
    "https://outlook.office.com/IMAP.AccessAsUser.All",
    "https://outlook.office.com/SMTP.Send",
]
OF_THE_APPLICATION = ["https://outlook.office365.com/.default"]
ANY_TENANT = "organizations"


def renew(secrets: dict[str, str], config: dict[str, Any]) -> dict[str, str]:
    """Return new tokens: by the refresh token of a consent, else for the application itself."""

    def ask(client: Any) -> Any:
        if secrets.get("refresh_token"):
            return client.acquire_token_by_refresh_token(secrets["refresh_token"], OF_A_PERSON)
        return client.acquire_token_for_client(OF_THE_APPLICATION)

    return call(secrets, config, ask)


def ask_consent(access: AccountAccess, return_to: str) -> ConsentAsked:
    """Return where a person signs in as the mailbox. Raises connectors.errors."""
    flows: list[dict[str, Any]] = []

    def begin(client: Any) -> Any:
        hint = access.config.get("username") or access.address
        with warnings.catch_warnings():
            # msal would rather have the answer posted; our session's cookie does not come with such a post.
            warnings.simplefilter("ignore", UserWarning)
            flow = client.initiate_auth_code_flow(OF_A_PERSON, redirect_uri=return_to, login_hint=hint)
        flows.append(flow)
        return None

    call(access.secrets, access.config, begin)
    return ConsentAsked(address=flows[0]["auth_uri"], state=flows[0]["state"], kept=flows[0])


def take_consent(access: AccountAccess, kept: dict[str, Any], answer: dict[str, str]) -> dict[str, str]:
    """Return the tokens for what came back with the browser. Raises connectors.errors."""

    def take(client: Any) -> Any:
        return client.acquire_token_by_auth_code_flow(kept, answer)

    return must_last(call(access.secrets, access.config, take))


def call(secrets: dict[str, str], config: dict[str, Any], ask: Callable[[Any], Any]) -> dict[str, str]:
    """Let msal ask through the one outbound client; nothing when it has only begun a consent."""
    session = open_session([HOST])
    try:
        told = ask(open_client(session, secrets, config))
    except requests.RequestException as error:
        raise explain(session, error) from error
    except (msal.exceptions.MsalError, ValueError, RuntimeError, KeyError) as error:
        raise explain(session, error) from error
    if told is None:
        return {}
    return read_token(last_status(session), told if isinstance(told, dict) else {})


def open_client(session: GuardedSession, secrets: dict[str, str], config: dict[str, Any]) -> Any:
    """Return msal's client for the application; it asks once where its tenant's addresses are."""
    return msal.ConfidentialClientApplication(
        str(config.get("client_id") or ""),
        client_credential=secrets.get("client_secret") or None,
        authority=f"https://{HOST}/{config.get('tenant') or ANY_TENANT}",
        http_client=session,
        instance_discovery=False,
    )


def explain(session: GuardedSession, error: Exception) -> ConnectorError:
    """Return what an error of msal's means, by the last answer's status and never by its words."""
    status = last_status(session)
    if status == 429 or status >= 500:
        try:
            read_token(status, {})
        except ConnectorError as known:
            return known
    if isinstance(error, requests.RequestException):
        return unreachable(error)
    if 400 <= status < 500:
        return AuthRevoked("Microsoft does not know this tenant. Look at the tenant's name.", code="tenant")
    return AuthRevoked("The sign-in came back wrong. Sign in again.", code=type(error).__name__)


def last_status(session: GuardedSession) -> int:
    """Return the status of the last answer; 0 when there was none."""
    last = session.wire.last
    return last.status_code if last is not None else 0
