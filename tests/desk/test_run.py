"""`make run`: one line says where the desk is, and the end leaves nothing behind."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from desk.local.found import BASE_DIR
from desk.local.process import is_port_taken
from tests.demo_process import PATIENCE, run, running_demo, surroundings, wait_for


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], Path, str]]:
    """One demo for the module: its environment, its folder and what it said."""
    folder = tmp_path_factory.mktemp("demo")
    with running_demo(folder, "collision") as (env, words):
        yield env, folder, words


def test_one_line_says_where_the_desk_is_and_how_to_sign_in(demo):
    env, _, words = demo
    assert f"Digital Desk: http://127.0.0.1:{env['DESK_PORT']}" in words
    for name in ("operator", "operator2", "supervisor", "admin", "auditor"):
        assert name in words
    ready = requests.get(f"http://127.0.0.1:{env['DESK_PORT']}/health/ready", timeout=10).json()
    assert ready == {"ready": True, "parts": {"database": "ready", "redis": "ready"}}


def test_a_second_start_in_the_same_folder_is_refused_in_one_sentence(demo):
    env, folder, _ = demo
    process, said = run(folder, env)
    assert process.wait(PATIENCE) == 1
    assert said.read_text().startswith("Digital Desk is running here already.")
    assert said.read_text().count("\n") == 1


def test_a_taken_port_is_named_with_the_setting_that_moves_it(tmp_path: Path):
    env = surroundings(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(env["SANDBOX_PORT"])))
        taken.listen()
        process, said = run(tmp_path, env)
        assert process.wait(PATIENCE) == 1
    assert "SANDBOX_PORT=" in said.read_text()
    assert said.read_text().count("\n") == 1


def test_commands_find_the_services_of_the_running_demo_by_themselves(demo):
    env, folder, _ = demo
    bare = {name: env[name] for name in ("PATH", "HOME", "LANG") if name in env}
    command = [sys.executable, "manage.py", "api_token", "operator"]
    token = subprocess.run(
        command,
        cwd=BASE_DIR,
        env={**bare, "DESK_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    answer = requests.get(
        f"http://127.0.0.1:{env['DESK_PORT']}/api/v1/conversations/",
        headers={"Authorization": f"Token {token}"},
        timeout=10,
    )
    assert answer.status_code == 200
    assert set(answer.json()) == {"results", "next", "previous"}


def test_a_part_that_is_killed_is_started_again_and_work_goes_on(demo):
    env, folder, _ = demo
    pids = json.loads((folder / "run" / "services.json").read_text())["pids"]
    psutil.Process(pids["worker"]).kill()
    written = requests.post(
        f"http://127.0.0.1:{env['SANDBOX_PORT']}/town/x/posts",
        json={"author": "Kay", "text": "is the desk still listening"},
        timeout=10,
    )
    assert written.status_code == 201
    token = subprocess.run(
        [sys.executable, "manage.py", "api_token", "operator"],
        cwd=BASE_DIR,
        env={**env},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    address = f"http://127.0.0.1:{env['DESK_PORT']}/api/v1/conversations/?q=listening"
    # A poll that was cut short frees its account when the lease runs out.
    end = time.monotonic() + 90
    found: list[object] = []
    while not found and time.monotonic() < end:
        time.sleep(0.5)
        found = requests.get(address, headers={"Authorization": f"Token {token}"}, timeout=10).json()[
            "results"
        ]
    assert len(found) == 1


def test_the_end_leaves_no_process_and_the_next_start_goes_on_with_the_same_data(tmp_path: Path):
    env = surroundings(tmp_path)
    for start in (1, 2):
        process, said = run(tmp_path, env)
        words = wait_for(process, said, "Ctrl-C")
        assert "Digital Desk: http" in words, words
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 8
        process.send_signal(signal.SIGTERM if start == 1 else signal.SIGINT)
        assert process.wait(40) == 0
        _, alive = psutil.wait_procs(family, timeout=10)
        assert alive == []
        assert not is_port_taken(int(env["DESK_PORT"]))
    assert (tmp_path / "attachments").exists() or (tmp_path / "sandbox").exists()
