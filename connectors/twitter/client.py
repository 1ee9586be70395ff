"""Calls to X by tweepy, through the one outbound client; every no becomes one of connectors.errors."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
import tweepy

from connectors.access import renew_secrets
from connectors.contract import AccountAccess
from connectors.errors import AuthExpired, AuthRevoked, ConnectorError
from connectors.faults import BrokenAnswer, explain_network
from connectors.http import GuardedSession, open_session
from connectors.twitter.config import API_HOSTS, NAME
from connectors.twitter.ledger import Ledger
from connectors.twitter.refusals import explain_refusal

# Contract section 1.2: refreshing more often than needed breaks the chain of refresh tokens.
RENEW_BEFORE = 300
SIGNED_HOSTS = {"ton.twitter.com", *API_HOSTS}
TOKEN_URL = "https://api.x.com/2/oauth2/token"  # noqa: S105 - an address
# tweepy writes whole requests with their tokens at debug level.
logging.getLogger("tweepy").setLevel(logging.WARNING)

# A call takes the client and whether to sign by OAuth 1.0a, and gives the platform's answer.
Call = Callable[[tweepy.Client, bool], requests.Response]


class Client:
    """One account's way to X for the length of one poll or one reply."""

    def __init__(self, access: AccountAccess) -> None:
        self.access = access
        self.session: GuardedSession = open_session(API_HOSTS)
        self.ledger = Ledger(float(access.config.get("monthly_budget") or 0))
        self.left: dict[str, int] = {}

    @property
    def own_id(self) -> str:
        """Return our account's id, learned when it was connected."""
        return str(self.access.config["user_id"])

    def read(self, call: Call) -> dict[str, Any]:
        """Make a reading call and return its JSON; `_text` holds the answer as it came."""
        return self.ask(call, writing=False)

    def write(self, call: Call) -> dict[str, Any]:
        """Make a writing call. Raises UnknownOutcome when it cannot be told whether it was carried out."""
        return self.ask(call, writing=True)

    def ask(self, call: Call, *, writing: bool) -> dict[str, Any]:
        """Make a call; an OAuth 2.0 token is renewed before its end, and once when X refuses it.

        X has refused living tokens for hours (contract section 1.7): the first refusal of one that should
        live is no reason to spend the refresh token.
        """
        can_renew = bool(self.access.secrets.get("refresh_token"))
        seconds_left = self.seconds_left()
        if can_renew and seconds_left is not None and seconds_left < RENEW_BEFORE:
            self.renew()
        try:
            return self.try_once(call, writing=writing)
        except AuthExpired:
            should_live = seconds_left is not None and seconds_left >= RENEW_BEFORE
            if not can_renew or (should_live and not self.access.failures):
                raise
        self.renew()
        return self.try_once(call, writing=writing)

    def seconds_left(self) -> float | None:
        """Return how long the access token lives by what X said, None when it did not say."""
        try:
            end = datetime.fromisoformat(self.access.secrets.get("expires_at", ""))
        except ValueError:
            return None
        return (end - datetime.now(UTC)).total_seconds()

    def try_once(self, call: Call, *, writing: bool) -> dict[str, Any]:
        """Make a call and read its answer."""
        try:
            response = call(self.open_tweepy(), self.is_signed())
        except tweepy.HTTPException as error:
            raise explain_refusal(error.response, writing=writing) from None
        except (requests.RequestException, OSError) as error:
            raise explain_network(error, writing=writing, name=NAME) from None
        self.note_left(response)
        return read_json(response, writing=writing)

    def note_left(self, response: requests.Response) -> None:
        """Remember how many requests X says are left, by the end of its address without numbers."""
        said = response.headers.get("x-rate-limit-remaining", "")
        path = [part for part in urlsplit(response.url or "").path.split("/") if part and not part.isdigit()]
        if path and said.isascii() and said.isdigit() and len(said) < 10:
            self.left[path[-1]] = int(said)

    def describe_left(self) -> dict[str, int]:
        """Return the requests left, for people: those of the mentions, and those of private messages."""
        names = {"mentions": "mention_requests_left", "dm_events": "message_requests_left"}
        return {fact: self.left[name] for name, fact in names.items() if name in self.left}

    def is_signed(self) -> bool:
        """Say whether requests are signed by OAuth 1.0a (the default) or carry an OAuth 2.0 token."""
        by_consent = self.access.config.get("sign_in") == "consent"
        return not by_consent and bool(self.access.secrets.get("access_token_secret"))

    def open_tweepy(self) -> tweepy.Client:
        """Return tweepy's client upon the guarded session."""
        secrets = self.access.secrets
        keys = {
            name: secrets[name]
            for name in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
            if self.is_signed() and secrets.get(name)
        }
        client = tweepy.Client(
            bearer_token=None if keys else secrets.get("access_token"),
            return_type=requests.Response,
            wait_on_rate_limit=False,
            **keys,
        )
        client.session = self.session
        return client

    def sign_file(self, source: str) -> Any:
        """Return what signs the fetching of a private message's file; None for anything else."""
        if urlsplit(source).hostname not in SIGNED_HOSTS:
            return None
        secrets = self.access.secrets
        if not self.is_signed():
            return Bearer(secrets.get("access_token", ""))
        names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        return tweepy.OAuth1UserHandler(*(secrets.get(name, "") for name in names)).apply_auth()

    def renew(self) -> None:
        """Exchange the single-use refresh token for a new pair, stored before use (contract section 1.2)."""
        stale = self.access.secrets.get("access_token", "")
        renew_secrets(self.access, stale, self.exchange)

    def exchange(self, secrets: dict[str, str]) -> dict[str, str]:
        """Call the token endpoint. A lost answer means that the account must be connected again."""
        form = {"grant_type": "refresh_token", "refresh_token": secrets["refresh_token"]}
        form["client_id"] = secrets.get("client_id", "")
        auth = (
            (secrets.get("client_id", ""), secrets["client_secret"]) if secrets.get("client_secret") else None
        )
        try:
            response = self.session.post(TOKEN_URL, data=form, auth=auth)
        except (requests.RequestException, OSError) as error:
            raise explain_renewal(error) from None
        if response.status_code >= 500 or response.status_code == 429:
            raise AuthExpired("X did not renew the access.", code=str(response.status_code))
        if response.status_code != 200:
            raise AuthRevoked("X does not accept this connection any more.", code=str(response.status_code))
        answer = read_json(response, writing=True)
        if not answer.get("access_token"):
            raise AuthRevoked("X renewed the access without giving a token.", code="token")
        expires = datetime.now(UTC) + timedelta(seconds=int(answer.get("expires_in") or 7200))
        kept = {"access_token": str(answer["access_token"]), "expires_at": expires.isoformat()}
        if answer.get("refresh_token"):
            kept["refresh_token"] = str(answer["refresh_token"])
        return kept


class Bearer(requests.auth.AuthBase):
    """Carries an OAuth 2.0 access token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token to the request."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def explain_renewal(error: Exception) -> ConnectorError:
    """Return what a failed renewal means: only one that never left may be tried again."""
    if getattr(error, "unsent", False):
        return explain_network(error, writing=False, name=NAME)
    return AuthRevoked(
        "X did not answer while the access was renewed, so it must be connected again.", code="renewal"
    )


def read_json(response: requests.Response, *, writing: bool) -> dict[str, Any]:
    """Return the answer as a dict. Raises BrokenAnswer for a read and UnknownOutcome for a write."""
    text = response.content.decode("utf-8", "replace")
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        answer["_text"] = text
        return answer
    if writing:
        raise explain_network(requests.ConnectionError("broken"), writing=True, name=NAME)
    raise BrokenAnswer("X sent an answer that cannot be read.", raw=response.content)
