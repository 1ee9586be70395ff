"""X's consent page: an app asks with PKCE, the owner agrees, a code goes back (contract section 1.2)."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.accounts import CLIENT_ID, X
from sandbox.world import World

CODE_LIFE = timedelta(seconds=30)
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
}


@dataclass(frozen=True)
class Asked:
    """One request for consent, as it stands in the address."""

    client: str
    return_to: str
    state: str
    scope: str
    challenge: str
    method: str
    kind: str

    @classmethod
    def read(cls, query: dict[str, str]) -> "Asked":
        return cls(
            client=query.get("client_id", ""),
            return_to=query.get("redirect_uri", ""),
            state=query.get("state", ""),
            scope=query.get("scope", ""),
            challenge=query.get("code_challenge", ""),
            method=query.get("code_challenge_method", ""),
            kind=query.get("response_type", ""),
        )

    def fault(self) -> str:
        """Why nobody may even be asked; empty when all is well."""
        if not hmac.compare_digest(self.client.encode(), CLIENT_ID.encode()):
            return "Something went wrong. The app's client ID is not known."
        if urlsplit(self.return_to).hostname not in {"127.0.0.1", "localhost"}:
            return "Something went wrong. The callback address is not registered for the app."
        if self.kind != "code" or self.method != "S256" or not self.challenge or not self.state:
            return "Something went wrong. The app must ask with a state and an S256 challenge."
        return ""

    def back(self, **facts: str) -> str:
        """The address to which the browser returns."""
        return f"{self.return_to}?{urlencode({**facts, 'state': self.state})}"


@dataclass
class Codes:
    """Codes that wait to be exchanged, each good once and for half a minute."""

    waiting: dict[str, tuple[Asked, str, datetime]] = field(default_factory=dict)

    def give(self, asked: Asked, account_id: str, now: datetime) -> str:
        code = secrets.token_urlsafe(32)
        self.waiting[code] = (asked, account_id, now + CODE_LIFE)
        return code

    def take(self, form: dict[str, str], now: datetime) -> str | None:
        """The account a code stands for; None for a wrong, late or used one, or another verifier."""
        found = self.waiting.pop(form.get("code", ""), None)
        if found is None:
            return None
        asked, account_id, dies = found
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        same = (asked.return_to, asked.challenge) == (form.get("redirect_uri", ""), proof)
        return account_id if same and now < dies else None


def consent_route(world: World, codes: Codes) -> Route:
    """GET shows the page; POST is what its buttons send."""

    async def ask(request: Request) -> Response:
        asked = Asked.read(dict(request.query_params))
        fault = asked.fault()
        if fault or request.method == "GET":
            page = PAGES.get_template("consent.html")
            shown = page.render(asked=asked, fault=fault, accounts=world.accounts.all(X))
            return HTMLResponse(shown, status_code=400 if fault else 200, headers=HEADERS)
        form = await request.form()
        if form.get("answer") != "allow":
            return RedirectResponse(asked.back(error="access_denied"), status_code=303)
        code = codes.give(asked, str(form.get("account", "")), world.clock.now())
        return RedirectResponse(asked.back(code=code), status_code=303)

    return Route("/i/oauth2/authorize", ask, methods=["GET", "POST"])
