"""Calls to one Mastodon server through the one outbound client; every no becomes one of connectors.errors."""

import json
from typing import Any

import requests

from connectors.contract import AccountAccess
from connectors.errors import UnknownOutcome
from connectors.faults import BrokenAnswer, explain_network
from connectors.http import GuardedSession, open_session
from connectors.mastodon.config import NAME, read_host
from connectors.mastodon.refusals import explain_refusal, read_left
from connectors.verbatim import cut_list, skip

Element = tuple[Any, str]


class Client:
    """One account's way to its server for the length of one poll or one reply."""

    def __init__(self, access: AccountAccess) -> None:
        self.access = access
        self.host = read_host(str(access.config.get("server") or ""))
        self.session: GuardedSession = open_session((self.host,))
        self.session.headers["Authorization"] = f"Bearer {access.secrets.get('access_token', '')}"

    @property
    def own_id(self) -> str:
        """Return our account's id, learned when it was connected."""
        return str(self.access.config["account_id"])

    def read(self, path: str, **params: Any) -> dict[str, Any]:
        """Make a reading call whose answer is an object."""
        response = self.ask("GET", path, params=params)
        answer = parse(response)
        if not isinstance(answer, dict):
            raise BrokenAnswer("Mastodon sent an answer that cannot be read.", raw=response.content)
        return answer

    def read_list(self, path: str, **params: Any) -> list[Element]:
        """Make a reading call whose answer is a list; each element comes with its own text."""
        response = self.ask("GET", path, params=params)
        answer = parse(response)
        if not isinstance(answer, list):
            raise BrokenAnswer("Mastodon sent an answer without a list.", raw=response.content)
        text = response.content.decode("utf-8", "replace")
        pieces, _ = cut_list(text, skip(text, 0))
        return list(zip(answer, pieces, strict=True))

    def write(self, path: str, **more: Any) -> dict[str, Any]:
        """Make a writing call. Raises UnknownOutcome when it cannot be told whether it was carried out."""
        answer = parse(self.ask("POST", path, **more))
        if not isinstance(answer, dict):
            raise UnknownOutcome("Mastodon did not answer clearly, so it may have gone out.", code="broken")
        return answer

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """Make a call; only a success comes back."""
        writing = method != "GET"
        try:
            response = self.session.request(method, f"https://{self.host}{path}", **more)
        except (requests.RequestException, OSError) as error:
            raise explain_network(error, writing=writing, name=NAME) from None
        if not 200 <= response.status_code < 300:
            raise explain_refusal(response, writing=writing)
        return response

    def requests_left(self) -> int | None:
        """Return what the last answer said of our allowance."""
        return read_left(self.session.wire.last)


def parse(response: requests.Response) -> Any:
    """Return the answer's JSON; None when it is none."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None
