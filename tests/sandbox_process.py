"""Run the sandbox beside the tests as its own process, on free ports, and speak to it as a script would."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox; `host` is where all of its servers listen."""

    url: str
    imap_port: int
    smtp_port: int
    host: str = "127.0.0.1"

    def post(self, path: str, **content: Any) -> str:
        """Write as a member of the public (`/town/x/posts`, author=…, text=…); return the new id."""
        return str(self.call("POST", path, json=content)["id"])

    def journal(self, kind: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Return what was written, served, accepted or refused, oldest first."""
        asked = {"since": since, "limit": 10_000} | ({"kind": kind} if kind else {})
        entries: list[dict[str, Any]] = self.call("GET", "/town/journal", params=asked)["entries"]
        return entries

    def replies(self, identity: str) -> Any:
        """Return what the desk answered to an item of the public's."""
        return self.call("GET", f"/town/replies/{identity}")

    def fault(self, channel: str, operation: str, fault: str, **more: Any) -> None:
        """Order something to go wrong."""
        self.call(
            "POST", "/town/faults", json={"channel": channel, "operation": operation, "fault": fault} | more
        )

    def clear_faults(self) -> None:
        """Let everything go well again."""
        self.call("DELETE", "/town/faults")

    def reset(self) -> None:
        """Empty the world."""
        self.call("POST", "/town/reset")

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Make a call of the town's and return its JSON; anything but a success fails the test."""
        answer = requests.request(method, self.url + path, timeout=10, **more)
        assert answer.ok, f"{method} {path} gave {answer.status_code}: {answer.text[:500]}"
        return answer.json() if answer.content else None


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def start_sandbox(folder: Path) -> tuple[subprocess.Popen[bytes], Sandbox]:
    """Start one and wait until it answers."""
    http, imap, smtp = free_ports(3)
    environment = os.environ | {
        "SANDBOX_PORT": str(http),
        "SANDBOX_IMAP_PORT": str(imap),
        "SANDBOX_SMTP_PORT": str(smtp),
        "SANDBOX_DATA": str(folder),
        "SANDBOX_SCENARIO": "",
    }
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    world = Sandbox(f"http://127.0.0.1:{http}", imap, smtp)
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        try:
            requests.get(f"{world.url}/town/journal", timeout=1)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return process, world
    process.kill()
    raise RuntimeError((folder / "sandbox.log").read_text())


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    """One sandbox for the whole run."""
    with tempfile.TemporaryDirectory(prefix="desk-sandbox-") as folder:
        process, world = start_sandbox(Path(folder))
        yield world
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture
def sandbox(sandbox_process: Sandbox, settings: Any) -> Sandbox:
    """An empty world without faults, to which the desk's calls go."""
    sandbox_process.reset()
    settings.SANDBOX_URL = sandbox_process.url
    settings.SANDBOX_IMAP_PORT = sandbox_process.imap_port
    settings.SANDBOX_SMTP_PORT = sandbox_process.smtp_port
    return sandbox_process
