"""Start a PostgreSQL and a Redis of the tests' own before Django reads its settings (loaded with `-p`).

DATABASE_URL and REDIS_URL win where they are set. Everything lives in a temporary folder.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from desk.local.postgres import start_postgres
from desk.local.valkey import start_valkey


def start_services() -> None:
    """Start what is not given, set the environment, and stop it all when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="desk-test-"))
    stops = []
    if not os.environ.get("DATABASE_URL"):
        postgres = start_postgres(folder, folder / "postgres.log")
        os.environ["DATABASE_URL"] = postgres.url()
        stops.append(postgres.stop)
    if not os.environ.get("REDIS_URL"):
        valkey = start_valkey(folder, folder / "redis.log")
        os.environ["REDIS_URL"] = valkey.url
        stops.append(valkey.stop)
    os.environ["DESK_MODE"] = "test"
    os.environ["DESK_DATA"] = str(folder / "data")
    (folder / "data" / "static").mkdir(parents=True)

    def stop_services() -> None:
        for stop in stops:
            stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop_services)


start_services()
