"""Calls to Bluesky through the one outbound client; every no becomes one of connectors.errors."""

import json
from typing import Any

import requests

from connectors.access import renew_secrets
from connectors.bluesky.config import CHAT, NAME, read_host
from connectors.bluesky.refusals import explain_refusal, read_left
from connectors.bluesky.sessions import exchange, find_host
from connectors.contract import AccountAccess
from connectors.errors import AuthExpired, UnknownOutcome
from connectors.faults import BrokenAnswer, explain_network
from connectors.http import GuardedSession, open_session
from connectors.verbatim import cut_elements

Element = tuple[Any, str]


class Client:
    """One account's way to its server for the length of one poll or one reply."""

    def __init__(self, access: AccountAccess) -> None:
        self.access = access
        self.host = read_host(str(access.config.get("server") or ""))
        self.session: GuardedSession = open_session((self.host,))

    @property
    def own_did(self) -> str:
        """Return our account's did, learned when it was connected."""
        return str(self.access.config["did"])

    def read(self, method: str, params: Any = None) -> dict[str, Any]:
        """Make a query. Methods of the chat go through our own server by a header."""
        response = self.ask("GET", method, params=params)
        answer = parse(response)
        if answer is None:
            raise BrokenAnswer("Bluesky sent an answer that cannot be read.", raw=response.content)
        return answer

    def read_list(self, method: str, name: str, params: Any = None) -> tuple[list[Element], dict[str, Any]]:
        """Make a query whose answer holds a list; each element comes with its own text, then the answer."""
        response = self.ask("GET", method, params=params)
        answer = parse(response)
        listed = answer.get(name) if answer is not None else None
        if answer is None or not isinstance(listed, list):
            raise BrokenAnswer("Bluesky sent an answer without a list.", raw=response.content)
        pieces = cut_elements(response.content.decode("utf-8", "replace"), name)
        return list(zip(listed, pieces, strict=True)), answer

    def write(self, method: str, **more: Any) -> dict[str, Any]:
        """Make a procedure. Raises UnknownOutcome when it cannot be told whether it was carried out."""
        answer = parse(self.ask("POST", method, **more))
        if answer is None:
            raise UnknownOutcome("Bluesky did not answer clearly, so it may have gone out.", code="broken")
        return answer

    def ask(self, verb: str, method: str, **more: Any) -> requests.Response:
        """Make a call; a session that ended is renewed once and the call made again."""
        if not self.access.secrets.get("access_token"):
            self.renew()
            return self.try_once(verb, method, **more)
        try:
            return self.try_once(verb, method, **more)
        except AuthExpired:
            # A refused session proves that nothing was done.
            self.renew()
        return self.try_once(verb, method, **more)

    def try_once(self, verb: str, method: str, **more: Any) -> requests.Response:
        """Make one call; only a success comes back."""
        secrets = self.access.secrets
        host = find_host(secrets, self.host)
        headers = {"Authorization": f"Bearer {secrets.get('access_token', '')}", **more.pop("headers", {})}
        if method.startswith("chat."):
            headers["atproto-proxy"] = CHAT
        self.session = open_session((host,))
        writing = verb != "GET"
        try:
            response = self.session.request(verb, f"https://{host}/xrpc/{method}", headers=headers, **more)
        except (requests.RequestException, OSError) as error:
            raise explain_network(error, writing=writing, name=NAME) from None
        if response.status_code != 200:
            raise explain_refusal(response, writing=writing)
        return response

    def renew(self) -> None:
        """Exchange the tokens for new ones, one process at a time, stored before use."""
        stale = self.access.secrets.get("access_token", "")
        renew_secrets(self.access, stale, lambda secrets: exchange(self.access, self.host, secrets))

    def requests_left(self) -> int | None:
        """Return what the last answer said of our allowance."""
        return read_left(self.session.wire.last)


def parse(response: requests.Response) -> dict[str, Any] | None:
    """Return the answer's JSON object; None when it is none."""
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
