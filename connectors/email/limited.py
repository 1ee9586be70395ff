"""Have mails read by a child process that is limited in time and memory, and outlive whatever it meets.

One child a process of ours, started when first needed and used again; one that dies or hangs costs its mail a
reading, never us a worker.
"""

import atexit
import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from connectors.email.letter import Letter, from_wire

WALL_SECONDS = 10.0
# Below the time after which an idle child ends by itself, so that none is met at that moment.
FRESH_SECONDS = 45.0
LARGEST_ANSWER = 400 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]


class CannotRead(Exception):
    """The mail could not be read within the limits; the text says why, fit for a screen."""


class OutOfTime(CannotRead):
    """The child did not answer in time, though it had processor time left."""


class LimitedReader:
    """Reads mails in one child process. Safe to call from several threads; a fork gets a child of its own."""

    def __init__(self, command: list[str] | None = None, wall_seconds: float = WALL_SECONDS) -> None:
        self._command = command or [sys.executable, "-m", "connectors.email.child"]
        self._wall_seconds = wall_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._used_at = 0.0
        self._number = 0

    def read(self, raw: bytes) -> Letter:
        """Return what the mail says. Raises CannotRead.

        A child that was merely kept waiting by a busy machine gets a second try with more time; one that
        used up its processor time does not.
        """
        with self._lock:
            try:
                facts, blobs = self._ask(raw, self._wall_seconds)
            except OutOfTime:
                facts, blobs = self._ask(raw, 2 * self._wall_seconds)
        if "failed" in facts:
            raise CannotRead(f"The mail could not be read ({facts['failed']}).")
        try:
            return from_wire(facts, blobs)
        except (KeyError, TypeError, ValueError) as error:
            raise CannotRead("The mail could not be read: its reading came back broken.") from error

    def close(self) -> None:
        """End the child, if it is ours."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._owner == os.getpid():
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close_quietly(stream.close)

    def _ask(self, raw: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        process = self._ready()
        out_of_time = threading.Event()

        def give_up() -> None:
            out_of_time.set()
            process.kill()

        watch = threading.Timer(seconds, give_up)
        watch.daemon = True
        watch.start()
        try:
            assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both were asked for
            self._number += 1
            process.stdin.write(struct.pack(">IQ", len(raw) + 8, self._number) + raw)
            process.stdin.flush()
            facts = json.loads(_read_frame(process.stdout))
            blobs = _read_frame(process.stdout)
            if facts["number"] != self._number:
                raise ValueError("an answer to another question")
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            self.close()
            raise _explain(out_of_time.is_set(), process.returncode) from error
        except BaseException:
            # Ours was stopped in the middle: the answer that is under way must never meet the next mail.
            self.close()
            raise
        finally:
            watch.cancel()
        self._used_at = time.monotonic()
        return facts, blobs

    def _ready(self) -> "subprocess.Popen[bytes]":
        stale = time.monotonic() - self._used_at > FRESH_SECONDS
        if self._process is not None and (
            self._owner != os.getpid() or stale or self._process.poll() is not None
        ):
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONHASHSEED": "random"},
            )
            self._owner = os.getpid()
        self._used_at = time.monotonic()
        return self._process


def read_limited(raw: bytes) -> Letter:
    """Return what the mail says, read in this process's child. Raises CannotRead."""
    return _READER.read(raw)


def _read_frame(stream: IO[bytes]) -> bytes:
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    (size,) = struct.unpack(">I", head)
    if size > LARGEST_ANSWER:
        raise ValueError("an answer is larger than any mail")
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content


def _explain(out_of_time: bool, code: int | None) -> CannotRead:
    sentence = "Reading the mail took too long and was stopped."
    if out_of_time:
        return OutOfTime(sentence)
    if code == -signal.SIGXCPU:
        return CannotRead(sentence)
    return CannotRead("Reading the mail used too much memory or ended at once.")


def _close_quietly(close: Callable[[], None]) -> None:
    try:
        close()
    except OSError:
        return


_READER = LimitedReader()
atexit.register(_READER.close)
