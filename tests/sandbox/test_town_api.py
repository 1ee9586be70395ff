"""Scripts write as anybody, read the oracle, and turn the world's clock."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
import requests

from tests.sandbox.platforms import PAGE, graph_of, x_of
from tests.sandbox_process import ROOT, free_ports, start_sandbox

VOICES = [
    "/town/x/posts",
    "/town/x/messages",
    "/town/facebook/comments",
    "/town/facebook/messages",
    "/town/mail",
]


@pytest.mark.parametrize("path", VOICES)
def test_anybody_can_write_on_every_channel(town, path):
    answer = requests.post(town.url + path, json={"author": "Jo M.", "text": "Hello"}, timeout=5)
    assert answer.status_code == 201
    written = town.journal("written")
    assert [entry["data"]["id"] for entry in written] == [answer.json()["id"]]
    assert written[0]["channel"] == path.split("/")[2]
    assert written[0]["data"]["text"] == "Hello"


@pytest.mark.parametrize("path", VOICES)
def test_a_list_is_written_whole_or_not_at_all(town, path):
    batch = [{"author": f"P{n}", "text": f"Hello {n}"} for n in range(3)]
    assert len(town.call("POST", path, json=batch)["ids"]) == 3
    spoilt = [*batch, {"author": "P", "text": 5}]
    assert requests.post(town.url + path, json=spoilt, timeout=5).status_code == 400
    assert len(town.journal("written")) == 3


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"{", "JSON"),
        (b'"text"', "list"),
        (b'{"text": "Hello"}', "author"),
        (b'{"author": "Jo"}', "text"),
        (b'{"author": "", "text": "Hello"}', "author"),
        (b'{"author": "Jo", "text": "Hello", "txet": 1}', "txet"),
        (b'{"author": "Jo", "text": "Hello", "created_at": "soon"}', "created_at"),
        (b'{"author": "Jo", "text": "Hello", "to": "nobody"}', "nobody"),
        (b'{"author": "Jo", "text": "Hello", "in_reply_to": "17"}', "17"),
        (
            b'{"author": "Jo", "text": "", "attachments": [{"name": "a", "type": "b", "base64": "?"}]}',
            "base64",
        ),
    ],
)
def test_bad_input_is_answered_with_a_sentence(town, content, word):
    answer = requests.post(f"{town.url}/town/x/posts", data=content, timeout=5)
    assert answer.status_code == 400
    assert word in answer.json()["error"]
    assert town.journal("written") == []


@pytest.mark.parametrize(
    "text", ["nul \x00 inside", "lone \ud83d surrogate", "x" * 1_000_000, "@a " * 30_000]
)
def test_any_text_at_all_goes_through_unharmed(town, text):
    content = json.dumps({"author": "Jo \x00 \udc00", "text": text}).encode()
    for path in VOICES[:4]:
        answer = requests.post(town.url + path, data=content, timeout=30)
        assert answer.status_code == 201, answer.text
    assert [entry["data"]["text"] for entry in town.journal("written")] == [text] * 4
    with x_of(town) as x, graph_of(town) as graph:
        x.mentions(tweet_fields=["note_tweet"])
        post = x.body["data"][0]
        assert post.get("note_tweet", post)["text"].endswith(text)
        assert graph.api.get_connections(PAGE, "feed")["data"][0]["message"] == text


def test_the_journal_is_read_in_pieces_and_by_kind(town):
    for n in range(5):
        town.post("/town/x/posts", author="Jo", text=f"{n}")
    start = town.journal()[0]["seq"] - 1
    first = town.call("GET", "/town/journal", params={"since": start, "limit": 2})
    assert [entry["data"]["text"] for entry in first["entries"]] == ["0", "1"]
    rest = town.call("GET", "/town/journal", params={"since": first["next"]})
    assert [entry["data"]["text"] for entry in rest["entries"]] == ["2", "3", "4"]
    assert town.call("GET", "/town/journal", params={"since": rest["next"]})["next"] == rest["next"]
    assert town.journal("accepted") == []
    assert requests.get(f"{town.url}/town/journal?kind=gossip", timeout=5).status_code == 400


def test_the_journal_keeps_what_was_served_and_no_secret(town):
    identity = town.post("/town/facebook/comments", author="Ann", text="Hello")
    with graph_of(town) as graph:
        graph.api.get_connections(PAGE, "feed")
        graph.api.debug_access_token("sandbox-page-token-1", "sandbox-app", "sandbox-app-secret")
    served = town.journal("served")
    assert served[0]["data"]["ids"] == [identity]
    assert "sandbox-page-token-1" not in json.dumps(served)


def test_a_second_account_has_its_own_mail_posts_and_credentials(town):
    made = town.call("POST", "/town/accounts", json={"channel": "x", "name": "Southshire Pol"})
    town.post("/town/x/posts", author="Jo", text="For you", to=made["id"])
    town.post("/town/x/posts", author="Jo", text="For the first")
    keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    with x_of(town, **{key: made["credentials"][key] for key in keys}) as x:
        found = x.client.get_users_mentions(made["id"], user_auth=True)
        assert [post.text for post in found.data] == ["@SouthshirePol For you"]
        assert x.client.get_me().data.username == "SouthshirePol"
    mail = town.call("POST", "/town/accounts", json={"channel": "mail", "name": "South Desk"})
    assert mail["id"] == "southdesk@northshire.example"
    again = requests.post(
        f"{town.url}/town/accounts", json={"channel": "x", "name": "Southshire Pol"}, timeout=5
    )
    assert again.status_code == 400


def test_the_clock_moves_and_is_set_right(town):
    before = town.call("GET", "/town/clock")["now"]
    after = town.call("POST", "/town/clock", json={"shift_seconds": 3600})
    assert after["shift_seconds"] == 3600
    assert after["now"] > before
    assert town.call("DELETE", "/town/clock")["shift_seconds"] == 0
    assert requests.post(f"{town.url}/town/clock", json={}, timeout=5).status_code == 400


def test_orders_for_faults_are_checked_listed_and_cleared(town):
    for bad in (
        {"channel": "x", "operation": "mentions", "fault": "earthquake"},
        {"channel": "x", "operation": "mentions", "fault": "status"},
        {"channel": "telex", "operation": "mentions", "fault": "cut"},
        {"channel": "x", "operation": "mentions", "fault": "slow", "seconds": "long"},
        {"channel": "mail", "operation": "*", "fault": "malformed"},
    ):
        assert requests.post(f"{town.url}/town/faults", json=bad, timeout=5).status_code == 400
    town.fault("x", "mentions", "status", status=503, times=2)
    assert town.call("GET", "/town/faults")["faults"][0]["more"] == {"status": 503}
    assert town.call("DELETE", "/town/faults") == {"cleared": 1}


def test_an_emptied_world_is_empty_but_its_numbers_go_on(town):
    town.post("/town/x/posts", author="Jo", text="Hello")
    last = town.journal()[-1]["seq"]
    town.reset()
    assert town.journal() == []
    town.post("/town/x/posts", author="Jo", text="Again")
    assert town.journal()[0]["seq"] > last


def test_five_hundred_posts_a_second_are_taken(town):
    batch = [{"author": f"Person {n % 50}", "text": f"Post number {n}"} for n in range(500)]
    begun = time.perf_counter()
    for _ in range(3):
        town.call("POST", "/town/x/posts", json=batch)
    assert time.perf_counter() - begun < 3.0


def test_a_killed_sandbox_comes_back_with_all_it_acknowledged(tmp_path):
    process, world = start_sandbox(tmp_path)
    kept = [world.post("/town/x/posts", author="Jo", text=f"{n}") for n in range(20)]
    process.kill()
    process.wait()
    process, world = start_sandbox(tmp_path)
    try:
        assert [entry["data"]["id"] for entry in world.journal("written")] == kept
        with x_of(world) as x:
            assert [str(post.id) for post in x.mentions(max_results=100).data] == kept[::-1]
        assert world.post("/town/x/posts", author="Jo", text="next") > kept[-1]
        assert psutil.Process(process.pid).memory_info().rss < 80_000_000
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DESK_MODE": "production"}, "does not start with DESK_MODE=production"),
        ({"SANDBOX_PORT": "many"}, "SANDBOX_PORT must be a whole number"),
        ({"SANDBOX_SPEED": "-1"}, "SANDBOX_SPEED must be a number above 0"),
        ({"SANDBOX_SCENARIO": "no-such"}, "There is no scenario 'no-such'"),
    ],
)
def test_it_does_not_start_where_it_should_not(tmp_path, environment, sentence):
    http, imap, smtp = free_ports(3)
    ports = {"SANDBOX_PORT": str(http), "SANDBOX_IMAP_PORT": str(imap), "SANDBOX_SMTP_PORT": str(smtp)}
    asked = os.environ | ports | {"SANDBOX_DATA": str(tmp_path)} | environment
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env=asked,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_taken_port_gets_one_clear_sentence(town, tmp_path):
    http = town.url.rpartition(":")[2]
    imap, smtp = free_ports(2)
    asked = os.environ | {
        "SANDBOX_PORT": http,
        "SANDBOX_IMAP_PORT": str(imap),
        "SANDBOX_SMTP_PORT": str(smtp),
        "SANDBOX_DATA": str(tmp_path),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env=asked,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == 1
    assert f"port {http} is taken" in ended.stderr
    assert "Traceback" not in ended.stderr
