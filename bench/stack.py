"""A whole demo of the benchmark's own, on free ports and in a folder that is thrown away."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.local.process import find_free_port


@contextmanager
def run_stack() -> Iterator["object"]:
    """Start everything that `make run` starts, without a scenario; yield the Demo."""
    folder = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.update(
        DESK_DATA=str(folder),
        DESK_PORT=str(find_free_port()),
        SANDBOX_PORT=str(find_free_port()),
        SANDBOX_IMAP_PORT=str(find_free_port()),
        SANDBOX_SMTP_PORT=str(find_free_port()),
        SANDBOX_SCENARIO="",
        POLL_SECONDS="2",
    )
    from desk.local.demo import Demo

    demo = Demo()
    try:
        demo.start()
        os.environ.update(demo.settings)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
        import django

        django.setup()
        yield demo
    finally:
        demo.stop()
        shutil.rmtree(folder, ignore_errors=True)
