"""The token endpoint of X: refresh with rotation, and taking a token back (contract section 1.2)."""

import base64
import binascii
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.accounts import CLIENT_ID, CLIENT_SECRET, X
from sandbox.ascii_json import AsciiJson
from sandbox.serving import call as calls
from sandbox.serving.call import Call
from sandbox.world import World
from sandbox.x.consent import Codes, consent_route
from sandbox.x.tokens import LIFE_SECONDS, Pair

SCOPE = (
    "tweet.read tweet.write tweet.moderate.write users.read dm.read dm.write media.write block.read"
    " offline.access"
)


def oauth_routes(world: World) -> list[Route]:
    """The consent page, POST /2/oauth2/token and /2/oauth2/revoke."""
    codes = Codes()

    async def token(request: Request) -> JSONResponse:
        call = await calls.read(request)
        if not _client(call):
            return _refuse(world, 401, "unauthorized_client", "Missing valid authorization header")
        if call.form.get("grant_type") == "authorization_code":
            return _exchange(world, codes, call)
        if call.form.get("grant_type") != "refresh_token":
            return _refuse(
                world, 400, "unsupported_grant_type", "Value passed for the grant_type was invalid."
            )
        with world.store.transaction():
            pair = world.x_tokens.refresh(str(call.form.get("refresh_token", "")), world.clock.now())
            if pair is None:
                return _refuse(world, 400, "invalid_request", "Value passed for the token was invalid.")
            world.journal.add("served", X, {"operation": "oauth2_token", "status": 200})
        return _give(pair)

    async def revoke(request: Request) -> JSONResponse:
        call = await calls.read(request)
        if not _client(call):
            return _refuse(world, 401, "unauthorized_client", "Missing valid authorization header")
        world.x_tokens.kill(str(call.form.get("token", "")))
        return AsciiJson({"revoked": True})

    return [
        consent_route(world, codes),
        Route("/2/oauth2/token", token, methods=["POST"]),
        Route("/2/oauth2/revoke", revoke, methods=["POST"]),
    ]


def _exchange(world: World, codes: Codes, call: Call) -> JSONResponse:
    now = world.clock.now()
    account_id = codes.take({name: str(value) for name, value in call.form.items()}, now)
    if account_id is None or world.accounts.get(X, account_id) is None:
        sentence = "Value passed for the authorization code was invalid."
        return _refuse(world, 400, "invalid_request", sentence)
    with world.store.transaction():
        pair = world.x_tokens.issue(account_id, f"consent-{secrets.token_hex(8)}", now)
        world.journal.add("served", X, {"operation": "oauth2_token", "status": 200})
    return _give(pair)


def _give(pair: Pair) -> JSONResponse:
    return AsciiJson(
        {
            "token_type": "bearer",
            "expires_in": LIFE_SECONDS,
            "access_token": pair.access,
            "scope": SCOPE,
            "refresh_token": pair.refresh,
        }
    )


def _client(call: Call) -> bool:
    """A confidential client says who it is by Basic, a public one by client_id in the form."""
    scheme, _, packed = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return hmac.compare_digest(str(call.form.get("client_id", "")).encode(), CLIENT_ID.encode())
    try:
        given = base64.b64decode(packed, validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(given, f"{CLIENT_ID}:{CLIENT_SECRET}".encode())


def _refuse(world: World, status: int, error: str, description: str) -> JSONResponse:
    world.journal.add("refused", X, {"operation": "oauth2_token", "status": status, "reason": error})
    return AsciiJson({"error": error, "error_description": description}, status_code=status)
