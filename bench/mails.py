"""Mail: what reading one costs by its size, and which of the recorded ones are the slowest.

`python -m bench.mails` runs this part alone. Times are processor time, which other work sways least, of the
reading itself; what crossing into the limited child adds is measured apart.
"""

import base64
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.texts import write_text
from connectors.email.limited import LimitedReader
from connectors.email.reading import read_letter

RECORDED = Path(__file__).parent.parent.parent / "shared" / "contracts" / "recorded" / "mail"
SIZES = (2_000, 20_000, 200_000, 2_000_000, 20_000_000)
BANDS = (2_000, 10_000, 50_000, 200_000)
NAMED, ROUNDS, CROSSINGS = 8, 3, 200
HEAD = "From: Jo <jo@town.example>\r\nSubject: A question\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n"


def main() -> None:
    """Print every figure of this part."""
    for name, raw in write_mails():
        spent = measure(raw)
        speed = len(raw) / 1_000_000 / max(spent, 1e-6)
        print(f"mail {name:20} {spent * 1000:9.2f} ms, {speed:6.1f} MB a second", flush=True)
    measure_crossing()
    if RECORDED.is_dir():
        measure_recorded()
    else:
        print("mail recorded         none beside the project: not measured", flush=True)


def write_mails() -> Iterator[tuple[str, bytes]]:
    """Yield invented mails of every size, in text, in HTML and with a file, with their names."""
    for size in SIZES[:3]:
        lines = "\r\n".join(write_text(number) for number in range(size // 60))[:size]
        yield f"text {size:,}", f"{HEAD}\r\n{lines}".encode()
        rows = "".join(f"<p>{line} <b>again</b></p>" for line in lines.split("\r\n"))
        yield f"HTML {size:,}", f"{HEAD}Content-Type: text/html\r\n\r\n{rows}"[:size].encode()
    for size in SIZES[2:]:
        packed = base64.encodebytes(b"\x89PNG" + b"x" * (size * 3 // 4)).decode()
        kind = "Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64"
        body = f"--b\r\n\r\nSee file\r\n--b\r\n{kind}\r\n\r\n{packed}\r\n--b--"
        yield f"file {size:,}", f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n{body}".encode()


def measure(raw: bytes) -> float:
    """Return the least processor seconds of ROUNDS readings."""
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        read_letter(raw)
        spent.append(time.process_time() - start)
    return min(spent)


def measure_crossing() -> None:
    """Print what the limited child costs beside the reading: a small mail through it and without it."""
    raw = f"{HEAD}\r\n{write_text(1)}".encode()
    reader = LimitedReader()
    try:
        reader.read(raw)
        start = time.perf_counter()
        for _ in range(CROSSINGS):
            reader.read(raw)
        through = (time.perf_counter() - start) / CROSSINGS
    finally:
        reader.close()
    start = time.perf_counter()
    for _ in range(CROSSINGS):
        read_letter(raw)
    alone = (time.perf_counter() - start) / CROSSINGS
    print(
        f"mail through the child  {through * 1000:6.2f} ms, without it {alone * 1000:.2f} ms (wall time)",
        flush=True,
    )


def measure_recorded() -> None:
    """Print the middle and the slowest reading by size, and name the slowest of all."""
    found = []
    for path in sorted(path for path in RECORDED.glob("*/*") if path.is_file()):
        raw = path.read_bytes()
        start = time.process_time()
        read_letter(raw)
        found.append((time.process_time() - start, len(raw), path))
    for low, high in zip((0, *BANDS), (*BANDS, sys.maxsize), strict=True):
        band = [spent for spent, size, _ in found if low <= size < high]
        if band:
            name = f"{low:,} to {high:,}" if high < sys.maxsize else f"over {low:,}"
            middle, most = statistics.median(band) * 1000, max(band) * 1000
            print(
                f"recorded {name:18} {len(band):5} mails, middle {middle:7.2f} ms, most {most:8.2f} ms",
                flush=True,
            )
    slow = sorted(found, key=lambda one: one[0], reverse=True)[:NAMED]
    for _, size, path in slow:
        again = measure(path.read_bytes())
        name = path.relative_to(RECORDED).as_posix()
        print(f"slowest recorded  {again * 1000:9.2f} ms, {size:9,} bytes: {name}", flush=True)


if __name__ == "__main__":
    main()
