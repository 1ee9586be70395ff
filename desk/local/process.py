"""Start a child process with its own log, and end it by its number."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass
class Child:
    """A process that we started: its name, its handle and where its words go."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def is_alive(self) -> bool:
        """Say whether it still runs."""
        return self.process.poll() is None

    def last_words(self, lines: int = 12) -> str:
        """Return the end of its log, for an error message."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def stop(self, patience: float = 10.0, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end; after `patience` seconds end its whole group."""
        if self.is_alive():
            self.process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)


def die_with_parent() -> None:
    """Ask Linux to end this child when its parent is killed with no chance to tidy up."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start_child(name: str, command: list[str], log: Path, env: dict[str, str] | None = None) -> Child:
    """Start `command` in a process group of its own, so that our Ctrl-C does not reach it before we do."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - no threads run in the parent yet
        )
    return Child(name, process, log)


def wait_until(ready: Callable[[], bool], child: Child, seconds: float) -> bool:
    """Ask `ready` again and again until it says yes, the child dies or time runs out."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        if not child.is_alive():
            return False
        time.sleep(0.05)
    return False


def is_port_taken(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether something listens on that port already."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def find_free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
