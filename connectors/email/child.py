"""The process that reads strangers' mail: it has nothing to lose and little to spend (quality rule 11).

Started as `python -m connectors.email.child`. Frames on standard input and output: a length (4 bytes,
big-endian) and so many bytes. A request is a number (8 bytes) and one mail; an answer is JSON, then one frame
with all its files.
It imports no framework, opens no file and ends by itself when nobody asks for IDLE_SECONDS.
"""

import json
import os
import resource
import select
import struct
import sys
from typing import BinaryIO

CPU_SECONDS = 5
MEMORY_BYTES = 512 * 1024 * 1024
IDLE_SECONDS = 60.0


def limit_process() -> None:
    """Take away memory beyond the limit, files and core dumps."""
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)


def limit_time() -> None:
    """Allow CPU_SECONDS more than was used so far; the kernel ends the process beyond that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Read mails until nobody asks."""
    from connectors.email.letter import to_wire
    from connectors.email.reading import read_letter

    while select.select([requests], [], [], IDLE_SECONDS)[0]:
        raw = _read_frame(requests)
        if raw is None:
            return
        number, raw = struct.unpack(">Q", raw[:8])[0], raw[8:]
        limit_time()
        try:
            facts, blobs = to_wire(read_letter(raw))
        except Exception as error:  # the mail is shown with its source instead
            facts, blobs = {"failed": type(error).__name__}, []
        _write_frame(answers, [json.dumps(facts | {"number": number}).encode()])
        _write_frame(answers, blobs)


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (limit, limit))


def _read_frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    (left,) = struct.unpack(">I", head)
    pieces = []
    while left:
        piece = stream.read(left)
        if not piece:
            return None
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _write_frame(stream: BinaryIO, pieces: list[bytes]) -> None:
    stream.write(struct.pack(">I", sum(len(piece) for piece in pieces)))
    for piece in pieces:
        stream.write(piece)
    stream.flush()


if __name__ == "__main__":
    limit_process()
    # Unbuffered input: what select() is asked about must not lie in a buffer of ours.
    with os.fdopen(0, "rb", buffering=0) as requests:
        serve(requests, sys.stdout.buffer)
