"""The one outbound client calls nobody but those it may call, and never waits or reads without an end."""

import http.server
import socket
import threading
import time

import pytest
import requests

from connectors import http as outbound
from connectors.addresses import AddressRefused, is_public
from connectors.faults import explain_network
from connectors.http import open_session

INNER = [
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://[::1]/",
    "http://[::ffff:7f00:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "https://localhost/",
    "gopher://127.0.0.1/",
    "file:///etc/passwd",
    "http://api.twitter.com@127.0.0.1/",
    "https://api.twitter.com.evil.example/",
    "https://127.0.0.1\\@api.twitter.com/",
]


class Listener(http.server.BaseHTTPRequestHandler):
    """Answers as its path says, and counts who came."""

    calls: list[str] = []

    def do_GET(self):
        self.calls.append(self.path)
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/stolen")
            self.end_headers()
        elif self.path == "/large":
            self.send_response(200)
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b"x" * 100_000)
        elif self.path == "/slow-head":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(40):
                self.wfile.write(f"X-{number}: 1\r\n".encode())
                self.wfile.flush()
                time.sleep(0.25)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"here")

    def log_message(self, *_words):
        pass


@pytest.fixture
def listener(settings):
    Listener.calls = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.SANDBOX_URL = f"http://127.0.0.1:{server.server_port}"
    yield settings.SANDBOX_URL
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("address", INNER)
def test_no_connection_is_made_to_an_address_inside(address, settings, monkeypatch):
    settings.SANDBOX_URL = ""
    made = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, where: made.append(where))
    with pytest.raises((requests.RequestException, OSError)):
        open_session({"api.twitter.com", ".twimg.com"}).get(address)
    assert made == []


@pytest.mark.parametrize("answer", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_an_allowed_name_that_leads_inside_is_not_called(answer, settings, monkeypatch):
    settings.SANDBOX_URL = ""
    made = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, where: made.append(where))
    entry = (socket.AF_INET6 if ":" in answer else socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [entry])
    with pytest.raises(requests.RequestException) as raised:
        open_session({"api.twitter.com"}).get("https://api.twitter.com/2/users/me")
    assert made == []
    assert explain_network(raised.value, writing=True, name="X").proves_unsent


def test_one_inner_address_among_public_ones_is_enough_to_refuse(settings, monkeypatch):
    from connectors.addresses import resolve_checked

    settings.SANDBOX_URL = ""
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: entries)
    with pytest.raises(AddressRefused):
        resolve_checked("api.twitter.com", 443)


def test_a_name_that_changes_after_the_check_is_not_followed(settings, monkeypatch):
    settings.SANDBOX_URL = ""
    asked, made = [], []

    def resolve(host, port, *_args, **_more):
        asked.append(host)
        # The first answer is a public address; whoever asks the name again is led inside.
        led = host if host[0].isdigit() else "93.184.216.34" if asked.count(host) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (led, port))]

    def connect(self, where):
        made.append(where[0])
        raise OSError("nobody is to be called in a test")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(requests.RequestException):
        open_session({"api.twitter.com"}).get("https://api.twitter.com/2/users/me")
    assert made == ["93.184.216.34"]
    assert asked.count("api.twitter.com") == 1


@pytest.mark.parametrize("address", ["224.0.0.1", "0.0.0.0", "100.64.0.1", "2002:7f00:1::", "fe80::1%eth0"])
def test_addresses_that_are_not_of_the_public_internet(address):
    assert not is_public(address)


def test_a_redirect_is_not_followed(listener):
    answer = open_session({"api.twitter.com"}).get("https://api.twitter.com/away")
    assert answer.status_code == 302
    assert Listener.calls == ["/away"]


def test_a_host_that_is_not_named_is_not_called_even_beside_the_sandbox(listener):
    with pytest.raises(outbound.HostRefused):
        open_session({"api.twitter.com"}).get("https://example.org/")
    assert Listener.calls == []


def test_an_answer_over_the_limit_is_dropped(listener):
    session = open_session({"api.twitter.com"}, most_bytes=1_000_000)
    with pytest.raises(outbound.AnswerTooLarge):
        session.get("https://api.twitter.com/large")


def test_headers_that_drip_are_cut_off_at_the_total_time(listener, monkeypatch):
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 1)
    started = time.monotonic()
    with pytest.raises(requests.RequestException):
        open_session({"api.twitter.com"}).get("https://api.twitter.com/slow-head")
    assert time.monotonic() - started < 4


def test_plain_http_goes_to_trusted_hosts_only(settings):
    settings.SANDBOX_URL = ""
    with pytest.raises(outbound.HostRefused):
        open_session({"hooks.example"}).get("http://hooks.example/")


def test_no_error_of_the_network_carries_a_token():
    error = requests.ConnectionError("https://graph.facebook.com/me?access_token=secret")
    assert "secret" not in explain_network(error, writing=False, name="Facebook").sentence
