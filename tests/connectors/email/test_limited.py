"""A mail that cannot be read costs its own reading and nothing else."""

import os
import signal
import sys
import time
from datetime import UTC, datetime

import pytest

from connectors.email import limited, parse
from connectors.email.config import Mailbox, Server
from connectors.email.limited import CannotRead, LimitedReader
from inbox.incoming import Incoming, Unreadable
from tests.connectors.email.letters import write_mail

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SERVER = Server("127.0.0.1", 1, "none")
MAILBOX = Mailbox(
    "desk@northshire.example", "desk", SERVER, SERVER, "password", "INBOX", "", "", "", True, False, False
)
RIGGED = (
    "import sys\n"
    "from connectors.email import child, reading\n"
    "usual = reading.read_letter\n"
    "def rigged(raw):\n"
    "    if b'BOMB' in raw:\n"
    "        {bomb}\n"
    "    return usual(raw)\n"
    "reading.read_letter = rigged\n"
    "child.CPU_SECONDS = 1\n"
    "child.limit_process()\n"
    "import os\n"
    "child.serve(os.fdopen(0, 'rb', buffering=0), sys.stdout.buffer)\n"
)


def make_reader(bomb, wall_seconds=10.0):
    return LimitedReader([sys.executable, "-c", RIGGED.format(bomb=bomb)], wall_seconds)


def pid_of(reader: LimitedReader) -> int:
    assert reader._process is not None
    return reader._process.pid


@pytest.mark.parametrize(
    ("bomb", "wall", "said"),
    [
        ("while True: pass", 60.0, "took too long"),
        ("import time; time.sleep(60)", 1.0, "took too long"),
        ("kept = [bytearray(1 << 26) for _ in range(64)]", 10.0, "could not be read"),
        (
            "import os; os.write(os.open('PLANTED', os.O_CREAT | os.O_WRONLY), b'x')",
            10.0,
            "could not be read",
        ),
        ("import ctypes; ctypes.string_at(0)", 10.0, "ended at once"),
        ("raise RecursionError", 10.0, "could not be read"),
    ],
)
def test_a_mail_that_eats_time_or_memory_is_given_up_and_the_next_one_is_read(bomb, wall, said, tmp_path):
    planted = tmp_path / "planted"
    reader = make_reader(bomb.replace("PLANTED", str(planted)), wall)
    try:
        started = time.monotonic()
        with pytest.raises(CannotRead, match=said):
            reader.read(write_mail(body="BOMB"))
        assert time.monotonic() - started < 30
        assert not planted.exists() or planted.read_bytes() == b""
        assert reader.read(write_mail(body="I need help")).text == "I need help"
    finally:
        reader.close()


def test_a_reader_that_was_killed_meanwhile_is_replaced():
    reader = LimitedReader()
    try:
        reader.read(write_mail())
        os.kill(pid_of(reader), signal.SIGKILL)
        time.sleep(0.2)
        assert reader.read(write_mail(body="still here")).text == "still here"
    finally:
        reader.close()


def test_an_answer_that_nobody_waited_for_never_meets_another_mail(monkeypatch):
    class Stopped(BaseException):
        pass

    reader = LimitedReader()
    usual = limited._read_frame
    try:
        reader.read(write_mail())

        def stop(stream):
            monkeypatch.setattr(limited, "_read_frame", usual)
            raise Stopped

        monkeypatch.setattr(limited, "_read_frame", stop)
        with pytest.raises(Stopped):
            reader.read(write_mail(body="the first"))
        assert reader.read(write_mail(body="the second")).text == "the second"
    finally:
        reader.close()


def test_one_child_reads_many_mails():
    reader = LimitedReader()
    try:
        reader.read(write_mail())
        first = pid_of(reader)
        started = time.monotonic()
        for _ in range(200):
            reader.read(write_mail())
        assert pid_of(reader) == first
        assert 200 / (time.monotonic() - started) > 150
    finally:
        reader.close()


def test_what_cannot_be_read_becomes_a_visible_item_with_its_source(monkeypatch):
    reader = make_reader("import ctypes; ctypes.string_at(0)")
    monkeypatch.setattr(parse, "read_limited", reader.read)
    raw = write_mail(body="BOMB")
    try:
        item = parse.parse_mail(parse.Fetched(raw, NOW, len(raw)), MAILBOX)
    finally:
        reader.close()
    assert isinstance(item, Unreadable)
    assert item.raw == raw and item.problem


def test_files_come_back_byte_for_byte():
    content = bytes(range(256)) * 1000
    body = (
        b"--b\r\nContent-Type: text/plain\r\n\r\nsee\r\n--b\r\nContent-Type: image/png; name=a.png\r\n"
        b"Content-Transfer-Encoding: binary\r\n\r\n" + content + b"\r\n--b--"
    )
    raw = write_mail("Content-Type: multipart/mixed; boundary=b", body="") + body
    item = parse.parse_mail(parse.Fetched(raw, NOW, len(raw)), MAILBOX)
    assert isinstance(item, Incoming)
    assert [(file.name, file.content) for file in item.files] == [("a.png", content)]
