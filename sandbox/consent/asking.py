"""Who asks for consent, and what it asked for."""

import hmac
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

CLIENT_ID = "sandbox-mail-app"
CLIENT_SECRET = "sandbox-mail-app-secret"  # noqa: S105 - the sandbox's own, opens nothing else
# The service account's own key is in the demo's set-up; the sandbox believes any key of this name.
SERVICE_ACCOUNT = "desk@sandbox-project.iam.gserviceaccount.com"


@dataclass(frozen=True)
class Asked:
    """One request for consent, as it stands in the address (RFC 6749 section 4.1.1, RFC 7636)."""

    client: str
    return_to: str
    state: str
    scope: str
    challenge: str
    nonce: str
    hint: str
    provider: str

    @classmethod
    def read(cls, query: dict[str, str], provider: str) -> "Asked":
        return cls(
            client=query.get("client_id", ""),
            return_to=query.get("redirect_uri", ""),
            state=query.get("state", ""),
            scope=query.get("scope", ""),
            challenge=query.get("code_challenge", ""),
            nonce=query.get("nonce", ""),
            hint=query.get("login_hint", ""),
            provider=provider,
        )

    def fault(self) -> str:
        """Why nobody may even be asked; empty when all is well."""
        if not hmac.compare_digest(self.client.encode(), CLIENT_ID.encode()):
            return "This application is not registered here. Its application ID is wrong."
        if urlsplit(self.return_to).hostname not in {"127.0.0.1", "localhost"}:
            return "The application asks to return to an address that is not registered for it."
        return ""

    def back(self, **facts: str) -> str:
        """The address to which the browser returns."""
        joint = "&" if "?" in self.return_to else "?"
        return f"{self.return_to}{joint}{urlencode({**facts, 'state': self.state})}"


def is_client(given: str, secret: str) -> bool:
    """Whether the application is who it says it is."""
    expected = f"{CLIENT_ID}\n{CLIENT_SECRET}"
    return hmac.compare_digest(f"{given}\n{secret}".encode("utf-8", "replace"), expected.encode())
