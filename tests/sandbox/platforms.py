"""The desk's own libraries, unchanged, pointed at a running sandbox; and the rule book of X."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import facebook
import jsonschema
import pytest
import requests
import tweepy

from tests.sandbox_process import Sandbox

X_ID = "1500000000000000001"
PAGE = "104000000000001"
RULE_BOOK = (
    Path(__file__).resolve().parents[3] / "shared/contracts/recorded/twitter/x_openapi_2.166_2026-07-06.json"
)


class HostAdapter(requests.adapters.HTTPAdapter):
    """Sends what is meant for a platform to the sandbox, with a time limit (contract section 0.6)."""

    def __init__(self, real: str, base: str, timeout: float) -> None:
        self.real, self.base, self.timeout = real, base, timeout
        self.answer = requests.Response()
        super().__init__()

    def send(self, request: Any, *args: Any, **more: Any) -> requests.Response:
        request.url = request.url.replace(self.real, self.base, 1)
        more["timeout"] = more.get("timeout") or self.timeout
        self.answer = super().send(request, *args, **more)
        return self.answer

    @property
    def headers(self) -> Any:
        return self.answer.headers


class X:
    """tweepy for one account; `wire` holds the last answer as it came."""

    def __init__(self, sandbox: Sandbox, number: int = 1, **credentials: str) -> None:
        self.given = credentials or {
            "consumer_key": "sandbox-consumer",
            "consumer_secret": "sandbox-consumer-secret",
            "access_token": f"sandbox-access-{number}",
            "access_token_secret": f"sandbox-access-secret-{number}",
        }
        self.client = tweepy.Client(**self.given)
        self.wire = HostAdapter("https://api.twitter.com", sandbox.url, 5)
        self.client.session.mount("https://api.twitter.com/", self.wire)

    def mentions(self, **more: Any) -> Any:
        return self.client.get_users_mentions(X_ID, user_auth=self.signed, **more)

    def texts(self, **more: Any) -> list[str]:
        return [post.text for post in self.mentions(**more).data or []]

    @property
    def signed(self) -> bool:
        return "access_token" in self.given

    @property
    def body(self) -> Any:
        return self.wire.answer.json()


class Graph:
    """facebook-sdk for one page; `wire` holds the last answer as it came."""

    def __init__(self, sandbox: Sandbox, token: str = "sandbox-page-token-1") -> None:
        self.session = requests.Session()
        self.wire = HostAdapter("https://graph.facebook.com", sandbox.url, 5)
        self.session.mount("https://graph.facebook.com/", self.wire)
        self.api = facebook.GraphAPI(token, session=self.session)
        self.api.version = "v26.0"

    def refused(self, act: Any, *args: Any, **more: Any) -> dict[str, Any]:
        """The error object of a call that must fail."""
        with pytest.raises(facebook.GraphAPIError) as caught:
            act(*args, **more)
        error: dict[str, Any] = caught.value.result["error"]
        return error


@contextmanager
def x_of(sandbox: Sandbox, **more: Any) -> Iterator[X]:
    x = X(sandbox, **more)
    try:
        yield x
    finally:
        x.client.session.close()


@contextmanager
def graph_of(sandbox: Sandbox, **more: Any) -> Iterator[Graph]:
    graph = Graph(sandbox, **more)
    try:
        yield graph
    finally:
        graph.session.close()


@cache
def _rule_book() -> Any:
    return json.loads(RULE_BOOK.read_text())


def follows_the_rule_book(body: Any, schema: str) -> None:
    """Fail unless the body is what X's description says. Skips where that is not at hand, and says so."""
    if not RULE_BOOK.exists():
        pytest.skip("X's own description is not beside this checkout (../shared/contracts/recorded)")
    book = _rule_book()
    whole = {"$ref": f"#/components/schemas/{schema}", "components": book["components"]}
    jsonschema.Draft202012Validator(whole).validate(body)
