"""Signing in with tokens that run out: renewed by themselves where they can be, told to people where not."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from connectors.email.connector import CONNECTOR
from connectors.errors import AuthRevoked, Transient
from tests.connectors.email.test_mailbox import access, answer, collect

__all__ = ["access"]
pytestmark = pytest.mark.django_db

GOOD = "sandbox-mail-token"


@dataclass
class TokenServer:
    """A token server of the kind that Microsoft and Google run (RFC 6749): it answers what it is told to."""

    url: str = ""
    status: int = 200
    answer: dict[str, Any] = field(default_factory=lambda: {"access_token": GOOD, "expires_in": 3600})
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)


@pytest.fixture
def token_server(sandbox, settings) -> Iterator[TokenServer]:
    told = TokenServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.asked.append((self.path, parse_qs(body)))
            content = json.dumps(told.answer).encode()
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    settings.SANDBOX_URL = told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def with_tokens(access, auth="microsoft", **secrets):
    config = {**access.config, "auth": auth, "client_id": "app", "tenant": "northshire"}
    return replace(access, config=config, secrets=secrets)


def test_a_token_opens_the_mailbox_and_sends(sandbox, access):
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    signed = with_tokens(access, access_token=GOOD)
    (item,), _ = collect(signed)
    assert CONNECTOR.send(signed, answer(item)).remote_id


def test_a_token_that_is_refused_is_renewed_once_and_used(sandbox, access, token_server):
    sandbox.post("/town/mail", author="Jo M.", text="Hello")
    signed = with_tokens(access, access_token="old", refresh_token="r1")
    token_server.answer["refresh_token"] = "r2"
    items, _ = collect(signed)
    assert len(items) == 1
    path, form = token_server.asked[0]
    assert path == "/northshire/oauth2/v2.0/token"
    assert form["grant_type"] == ["refresh_token"] and form["refresh_token"] == ["r1"]
    assert signed.secrets["refresh_token"] == "r2"
    assert len(token_server.asked) == 1


def test_an_application_without_a_user_gets_its_first_token_by_itself(sandbox, access, token_server):
    signed = with_tokens(access, client_secret="s")
    collect(signed)
    form = token_server.asked[0][1]
    assert form["grant_type"] == ["client_credentials"]
    assert form["scope"] == ["https://outlook.office365.com/.default"]


def test_a_token_is_renewed_before_it_runs_out(sandbox, access, token_server):
    collect(with_tokens(access, auth="google", access_token="old", refresh_token="r1", expires_at="1"))
    assert token_server.asked[0][0] == "/token"


def test_an_access_that_was_taken_back_asks_for_a_person(sandbox, access, token_server):
    token_server.status, token_server.answer = 400, {"error": "invalid_grant"}
    with pytest.raises(AuthRevoked) as caught:
        collect(with_tokens(access, access_token="old", refresh_token="r1"))
    assert caught.value.code == "invalid_grant"


def test_a_new_token_that_is_refused_too_asks_for_a_person(sandbox, access, token_server):
    token_server.answer["access_token"] = "still wrong"
    with pytest.raises(AuthRevoked):
        collect(with_tokens(access, access_token="old", refresh_token="r1"))
    assert len(token_server.asked) == 1


def test_a_token_server_out_of_order_passes_by_itself(sandbox, access, token_server):
    token_server.status, token_server.answer = 503, {}
    with pytest.raises(Transient):
        collect(with_tokens(access, access_token="old", refresh_token="r1"))
