"""Let a person agree, at Microsoft or Google, that the desk reads and sends for a mailbox."""

from typing import Any

from connectors.contract import AccountAccess, ConsentAsked
from connectors.email import google, microsoft
from connectors.errors import AuthRevoked, InvalidContent

_DENIED = {"access_denied", "consent_required", "interaction_required", "login_required"}


def ask(access: AccountAccess, return_to: str) -> ConsentAsked | None:
    """Return where to sign in; None for a password, an application or a service account."""
    kind = access.config.get("auth")
    if kind not in {"microsoft", "google"} or access.config.get("grant") == "application":
        return None
    if not access.config.get("client_id"):
        raise InvalidContent("Give the application ID.", code="client_id")
    if kind == "microsoft":
        return microsoft.ask_consent(access, return_to)
    return google.ask_consent(access, return_to)


def take(access: AccountAccess, kept: dict[str, Any], answer: dict[str, str]) -> dict[str, str]:
    """Return the credentials that the consent gave. Raises connectors.errors."""
    error = answer.get("error", "")
    if error in _DENIED:
        raise AuthRevoked("The sign-in was not allowed there.", code=error)
    if error or not answer.get("code"):
        raise AuthRevoked("The sign-in came back without a permission. Sign in again.", code=error[:60])
    if access.config.get("auth") == "microsoft":
        return microsoft.take_consent(access, kept, answer)
    return google.take_consent(access, kept, answer)
