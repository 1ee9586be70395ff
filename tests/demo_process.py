"""A whole demo of a test's own: started, listened to and ended as `make run` is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.local.found import BASE_DIR
from desk.local.process import find_free_port

PATIENCE = 120


def surroundings(folder: Path, scenario: str = "") -> dict[str, str]:
    """Return the environment of a demo of the test's own: free ports, its own folder, its own services."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "DESK_MODE", "DJANGO_SETTINGS_MODULE"}
    }
    ports = {
        name: str(find_free_port())
        for name in ("DESK_PORT", "SANDBOX_PORT", "SANDBOX_IMAP_PORT", "SANDBOX_SMTP_PORT")
    }
    return {**inherited, **ports, "DESK_DATA": str(folder), "SANDBOX_SCENARIO": scenario}


def run(folder: Path, env: dict[str, str]) -> tuple[subprocess.Popen[bytes], Path]:
    """Start it; return the process and the file that holds what it says."""
    said = folder / f"said-{time.monotonic_ns()}.txt"
    with said.open("wb") as out:
        command = [sys.executable, "-m", "desk.local.run"]
        return subprocess.Popen(command, cwd=BASE_DIR, env=env, stdout=out, stderr=out), said


def wait_for(process: subprocess.Popen[bytes], said: Path, words: str) -> str:
    """Wait until it has said something, or has ended; return all that it said."""
    end = time.monotonic() + PATIENCE
    while words not in said.read_text() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
    return said.read_text()


@contextmanager
def running_demo(folder: Path, scenario: str = "") -> Iterator[tuple[dict[str, str], str]]:
    """Start a demo and end it; gives its environment and what it said."""
    env = surroundings(folder, scenario)
    process, said = run(folder, env)
    try:
        words = wait_for(process, said, "Ctrl-C")
        if "Digital Desk: http" not in words:
            raise RuntimeError(words)
        yield env, words
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(40)
