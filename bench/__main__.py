"""`make bench`: measure everything once and print it. BENCH_SIZES=1000,10000 makes it smaller."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.machine import describe_machine, proportional_memory
from bench.mails import main as measure_mails
from bench.rules import main as measure_rules
from bench.stack import run_stack

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "10000,100000").split(",")]
TIMES = int(os.environ.get("BENCH_TIMES", "60"))
COUNTS = {"twitter": 700, "facebook": 700, "email": 400}


def main() -> int:
    """Run the parts in order; a part that fails says so and the run's status tells."""
    print(*describe_machine(), sep="\n", flush=True)
    measure_rules()
    measure_mails()
    measure_assess()
    with run_stack() as demo:
        measure_stack(demo)
    return 0


def measure_assess() -> None:
    """Print how many messages a second `manage.py assess` judges and explains, process start apart."""
    from bench.texts import write_text

    lines = "".join(json.dumps({"id": n, "text": write_text(n)}) + "\n" for n in range(20_000))
    command = [sys.executable, str(Path(__file__).parent.parent / "manage.py"), "assess"]
    start = time.perf_counter()
    subprocess.run(command, input="", capture_output=True, text=True, check=True)
    begun = time.perf_counter() - start
    start = time.perf_counter()
    subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    taken = time.perf_counter() - start - begun
    print(
        f"assess            {20_000 / taken:8.0f} messages a second, after {begun:.2f} s to start", flush=True
    )


def measure_stack(demo: Any) -> None:
    """Print what the running desk does, with little stored and with each of the sizes."""
    from bench.fill import fill_store
    from bench.ingest import measure_ingest
    from bench.pages import measure_pages, measure_screen, race, ratio
    from connectors.models import Account

    base = f"http://127.0.0.1:{demo.ports.desk}"
    sandbox = f"http://127.0.0.1:{demo.ports.sandbox}"
    time.sleep(5)
    print_memory(demo, "at rest")
    spread = measure_screen(base, sandbox, 20)
    print(f"post to screen    {spread}; poll interval 2 s", flush=True)
    beat = demo.commands["beat"]
    # The sweeper would see the queue stand still and do its work.
    for part in ("beat", "sweeper"):
        demo.children[part].stop()  # from here on polls are the benchmark's own
    time.sleep(3)
    account = Account.objects.filter(channel="twitter").earliest("pk")
    pages, start = {}, 1
    for size in [0, *SIZES]:
        stored = fill_store(account.pk, "twitter", size) if size else 0
        print(f"-- {size or 'few'} conversations stored", flush=True)
        for channel, count in COUNTS.items():
            speed = measure_ingest(sandbox, channel, start, count)
            start += count
            print(
                f"ingest {channel:10} {speed.from_page:8.0f} messages a second from page to triaged rows, "
                f"{speed.whole:.0f} with the wait for the provider ({speed.stored} of {count})",
                flush=True,
            )
        if stored:
            pages[size] = measure_pages(base, TIMES)
            for name, figure in pages[size].items():
                print(f"{name:17} {figure}", flush=True)
    for name in pages[SIZES[-1]]:
        times = ratio(pages[SIZES[-1]][name], pages[SIZES[0]][name])
        print(f"{name:17} p95 at {SIZES[-1]} is {times:.2f} times that at {SIZES[0]}", flush=True)
    winners, refused, slowest = race(base)
    print(f"20 race for one   {winners} member won, {refused} requests told no, slowest {slowest:.0f} ms")
    demo.run_part("beat", beat)
    demo.run_part("sweeper", demo.commands["sweeper"])
    print_memory(demo, "after the run")


def print_memory(demo: Any, when: str) -> None:
    """Print the memory of each part with its children, shared pages counted once (PSS)."""
    import psutil

    total = 0.0
    own = {store.child.name: store.child for store in demo.stores} | dict(demo.children)
    for name, child in own.items():
        root = psutil.Process(child.process.pid)
        megabytes = sum(proportional_memory(one.pid) for one in [root, *root.children(recursive=True)])
        total += megabytes
        print(f"memory {when:14} {name:10} {megabytes:6.0f} MB")
    print(f"memory {when:14} together   {total:6.0f} MB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
