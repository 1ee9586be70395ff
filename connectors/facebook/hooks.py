"""Meta's web hooks: the challenge, the signature, and what a batch tells (contract section 2.8)."""

import hashlib
import hmac
import json
from dataclasses import replace

from connectors.contract import AccountAccess, HookAnswer, HookCall, HookNews
from connectors.facebook.client import Client
from connectors.facebook.news import read_news
from connectors.facebook.parse import make_own
from connectors.reading import Malformed, read_list

SIGNATURE = "x-hub-signature-256"
LONGEST_CHALLENGE = 200


def describe_hook(access: AccountAccess) -> tuple[str, ...]:
    """Return what to do in Meta's app dashboard."""
    return (
        "In Meta's app dashboard, add web hooks for the object Page, with the address below as callback.",
        f"As verify token enter {verify_token(access)}",
        "Subscribe to feed, mention and messages. Without web hooks the desk asks Facebook itself.",
    )


def verify_token(access: AccountAccess) -> str:
    """Return the word by which Meta shows that it was set up by us; it gives no secret away."""
    secret, page = access.secrets.get("app_secret", ""), str(access.config.get("page_id") or "")
    return hmac.new(secret.encode(), f"web hook of {page}".encode(), hashlib.sha256).hexdigest()[:32]


def answer_challenge(access: AccountAccess, call: HookCall) -> HookAnswer | None:
    """Give the challenge back to whoever knows the verify token."""
    challenge, given = call.query.get("hub.challenge", ""), call.query.get("hub.verify_token", "")
    asked = call.query.get("hub.mode") == "subscribe" and 0 < len(challenge) <= LONGEST_CHALLENGE
    if not asked or not access.secrets.get("app_secret"):
        return None
    if not hmac.compare_digest(given.encode(), verify_token(access).encode()):
        return None
    return HookAnswer(challenge.encode(), "text/plain; charset=utf-8")


def is_genuine(access: AccountAccess, call: HookCall) -> bool:
    """Say whether the raw bytes were signed with the app's secret; without that secret nothing is."""
    secret = access.secrets.get("app_secret", "")
    if not secret:
        return False
    expected = f"sha256={hmac.new(secret.encode(), call.body, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(expected.encode(), call.headers.get(SIGNATURE, "").encode())


def read_hook(access: AccountAccess, body: bytes) -> HookNews:
    """Read a batch. Raises Malformed when it is no JSON object, connectors.errors when Facebook fails."""
    try:
        batch = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("The web hook's body is no JSON.") from error
    if not isinstance(batch, dict):
        raise Malformed("The web hook's body is no object.")
    page = str(access.config.get("page_id") or "")
    if not any(str(entry.get("id")) == page for entry in read_list(batch, "entry")):
        return HookNews()
    news = read_news(Client(access), make_own(access), batch)
    # Whatever is not understood, such as a field that is new, is collected by polling.
    return replace(news, wake=True)
