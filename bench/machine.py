"""The state of the machine, without which no figure means anything."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def describe_machine() -> list[str]:
    """Return lines about time, processor, memory, load and Python."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = Path("/proc/meminfo").read_text().split()
    load = os.getloadavg()
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.release()}",
        f"{os.cpu_count()} cores, {model}",
        f"{int(memory[1]) // 1024} MB of memory, {int(memory[4]) // 1024} MB free",
        f"load before the run {load[0]:.2f} {load[1]:.2f} {load[2]:.2f}; Python {platform.python_version()}",
    ]


def proportional_memory(pid: int) -> float:
    """Return the megabytes of one process, shared pages divided by those who share them (PSS)."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        return 0.0
    return 0.0
