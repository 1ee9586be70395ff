"""The consent page and the token addresses (contract section 6.1)."""

import base64
import json
import time
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.accounts import MAIL
from sandbox.consent.asking import CLIENT_ID, SERVICE_ACCOUNT, Asked, is_client
from sandbox.mail import tokens
from sandbox.mail.tokens import EVERY_MAILBOX, Consent, Pair
from sandbox.serving import call as calls
from sandbox.world import World

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
}
MICROSOFT, GOOGLE = "login.microsoftonline.com", "oauth2.googleapis.com"


def consent_routes(world: World) -> list[Route]:
    """Discovery, the page and the token address, at the paths that the providers have them at."""
    desk = Desk(world)
    return [
        Route("/{tenant}/v2.0/.well-known/openid-configuration", desk.discover, methods=["GET"]),
        Route("/{tenant}/oauth2/v2.0/authorize", desk.ask, methods=["GET", "POST"]),
        Route("/{tenant}/oauth2/v2.0/token", desk.token, methods=["POST"]),
        Route("/o/oauth2/v2/auth", desk.ask, methods=["GET", "POST"]),
        Route("/token", desk.token, methods=["POST"]),
    ]


class Desk:
    """Answers for both providers."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def discover(self, request: Request) -> Response:
        """Where what is (OpenID Connect Discovery); a tenant called "nowhere" does not exist."""
        tenant = request.path_params["tenant"]
        if tenant == "nowhere":
            return self._refuse(400, "invalid_tenant")
        base = f"https://{MICROSOFT}/{tenant}"
        return JSONResponse(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            }
        )

    async def ask(self, request: Request) -> Response:
        """The page on which the owner of a mailbox agrees; pressed, back with a code or with a refusal."""
        provider = "Microsoft 365" if request.url.path.endswith("authorize") else "Google"
        asked = Asked.read(dict(request.query_params), provider)
        fault = asked.fault()
        if fault or request.method == "GET":
            boxes = [account.handle for account in self._world.accounts.all(MAIL)]
            page = PAGES.get_template("consent.html").render(asked=asked, fault=fault, boxes=boxes)
            return HTMLResponse(page, status_code=400 if fault else 200, headers=HEADERS)
        form = await request.form()
        if form.get("answer") != "allow":
            return RedirectResponse(asked.back(error="access_denied"), status_code=303)
        given = Consent(
            address=str(form.get("mailbox", "")),
            client=asked.client,
            return_to=asked.return_to,
            challenge=asked.challenge,
            nonce=asked.nonce,
        )
        return RedirectResponse(asked.back(code=tokens.give_code(self._world.store, given)), status_code=303)

    async def token(self, request: Request) -> Response:
        """Tokens for a code, for a refresh token, for an application or for a service account."""
        call = await calls.read(request)
        fault = self._world.faults.take(MAIL, "oauth.token", None)
        if fault is not None:
            status = int(fault.more.get("status", 503))
            return self._refuse(status, str(fault.more.get("error", "temporarily_unavailable")))
        form = {name: str(value) for name, value in call.form.items()}
        grant = form.get("grant_type", "")
        if grant.endswith("jwt-bearer"):
            return self._serve(self._by_assertion(form.get("assertion", "")), grant)
        if not is_client(form.get("client_id", ""), form.get("client_secret", "")):
            return self._refuse(401, "invalid_client")
        with self._world.store.transaction():
            found, consent = self._grant(grant, form)
        return self._serve(found, grant, consent)

    def _grant(self, grant: str, form: dict[str, str]) -> tuple[Pair | None, Consent | None]:
        store = self._world.store
        if grant == "refresh_token":
            return tokens.refresh(store, form.get("refresh_token", "")), None
        if grant == "client_credentials":
            return tokens.issue_access(store, EVERY_MAILBOX), None
        code, return_to = form.get("code", ""), form.get("redirect_uri", "")
        consent = tokens.take_code(store, code, form["client_id"], return_to, form.get("code_verifier", ""))
        return (None if consent is None else tokens.issue(store, consent.address, code)), consent

    def _by_assertion(self, assertion: str) -> Pair | None:
        """Believe a service account's own letter, if it is of this name, for here, and of now."""
        try:
            claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))
            whole = claims["iss"] == SERVICE_ACCOUNT and claims["aud"] == f"https://{GOOGLE}/token"
            fresh = claims["iat"] - 300 < time.time() < claims["exp"] <= claims["iat"] + 3_600
            address = str(claims["sub"])
        except (LookupError, TypeError, ValueError):
            return None
        if not (whole and fresh and assertion.count(".") == 2 and assertion.rpartition(".")[2]):
            return None
        return tokens.issue_access(self._world.store, address)

    def _serve(self, pair: Pair | None, grant: str, consent: Consent | None = None) -> Response:
        if pair is None:
            return self._refuse(400, "invalid_grant")
        self._world.journal.add("served", MAIL, {"operation": "oauth.token", "grant": grant})
        told = {"token_type": "Bearer", "expires_in": tokens.LIFE_SECONDS, "access_token": pair.access}
        if pair.refresh:
            told["refresh_token"] = pair.refresh
        if consent is not None and consent.nonce:
            told["id_token"] = name_owner(consent)
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    def _refuse(self, status: int, error: str) -> Response:
        self._world.journal.add("refused", MAIL, {"operation": "oauth.token", "reason": error})
        return JSONResponse({"error": error, "error_description": "Refused by the sandbox."}, status)


def name_owner(consent: Consent) -> str:
    """An identity token that says who agreed; unsigned, for it is handed over directly."""
    now = int(time.time())
    claims = {
        "iss": f"https://{MICROSOFT}/sandbox/v2.0",
        "aud": CLIENT_ID,
        "sub": consent.address,
        "preferred_username": consent.address,
        "nonce": consent.nonce,
        "iat": now,
        "exp": now + tokens.LIFE_SECONDS,
    }
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    packed = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts]
    return ".".join([*packed, "c2FuZGJveA"])
