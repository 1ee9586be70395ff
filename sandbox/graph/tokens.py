"""Tokens of Facebook: which page or app one stands for, and what debug_token says of it (contract 2.2)."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from sandbox.accounts import APP_ID, APP_SECRET, FACEBOOK, Account
from sandbox.graph.errors import JSON, refuse
from sandbox.serving.call import Answer, Call
from sandbox.world import World

APP_TOKEN = f"{APP_ID}|{APP_SECRET}"
USER_TOKEN = "sandbox-user-token-1"  # noqa: S105 - the sandbox's own, opens nothing else
_LONG_LIFE_SECONDS = 5_184_000
_SCOPES = [
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "pages_messaging",
]


class Tokens:
    """Handlers of /debug_token and /oauth/access_token, and what the door asks about a token."""

    def __init__(self, world: World) -> None:
        self._world = world

    def page(self, token: str) -> Account | None:
        return self._world.accounts.by_credential(FACEBOOK, "page_token", token)

    def proven(self, call: Call, token: str) -> bool:
        """Whether an appsecret_proof, when there is one, belongs to the token."""
        proof = call.value("appsecret_proof")
        made = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        return proof is None or hmac.compare_digest(made.encode(), str(proof).encode())

    def debug(self, call: Call) -> Answer:
        """What a token is worth. It needs the app's own token, or the token asked about."""
        asked = str(call.value("input_token") or "")
        if call.value("access_token") not in (APP_TOKEN, asked):
            raise refuse(
                100, "(#100) You must provide an app access token, or a user access token of the app"
            )
        page = self.page(asked)
        if page is None and asked not in (APP_TOKEN, USER_TOKEN):
            error = {"code": 190, "message": "Invalid OAuth access token."}
            return _answer({"data": {"is_valid": False, "scopes": [], "error": error}})
        how = None if page is None else self._world.accounts.broken_token(page)
        data: dict[str, Any] = {
            "app_id": APP_ID,
            "type": "APP" if asked == APP_TOKEN else "USER" if page is None else "PAGE",
            "application": "Sandbox",
            "is_valid": how is None,
            "expires_at": 0,
            "data_access_expires_at": int((self._world.clock.now() + timedelta(days=90)).timestamp()),
            "scopes": _SCOPES,
            "granular_scopes": [{"scope": scope} for scope in _SCOPES],
        }
        if page is not None:
            data |= {"profile_id": page.id, "user_id": page.id}
        if how is not None:
            subcode = 463 if how == "expired" else 460
            data["error"] = {"code": 190, "message": "Error validating access token.", "subcode": subcode}
        return _answer({"data": data})

    def exchange(self, call: Call) -> Answer:
        """A token for the app itself, or a long-lived one for a short one."""
        if call.value("client_id") != APP_ID or call.value("client_secret") != APP_SECRET:
            raise refuse(
                101, "Error validating application. Cannot get application info due to a system error."
            )
        kind = call.value("grant_type")
        if kind == "client_credentials":
            return _answer({"access_token": APP_TOKEN, "token_type": "bearer"})
        if kind == "fb_exchange_token":
            given = str(call.value("fb_exchange_token") or "")
            if given != USER_TOKEN and self.page(given) is None:
                raise refuse(190, "Invalid OAuth access token - Cannot parse access token")
            return _answer({"access_token": given, "token_type": "bearer", "expires_in": _LONG_LIFE_SECONDS})
        raise refuse(1, "Invalid grant_type")


def _answer(body: dict[str, Any]) -> Answer:
    return Answer(body=body, media_type=JSON)
