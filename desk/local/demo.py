"""The demo as a whole: its parts, the order in which they start, and how they are watched and ended."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from desk.local.found import BASE_DIR, data_dir, services_file
from desk.local.ports import Ports, check_free, read_ports
from desk.local.postgres import Postgres, start_postgres
from desk.local.process import Child, start_child, wait_until
from desk.local.valkey import Valkey, start_valkey

PASSWORD = "northshire-demo"  # noqa: S105 - shown on the sign-in page of every demo
SIGN_INS = ("operator", "operator2", "supervisor", "admin", "auditor")


class Demo:
    """Everything that `make run` starts. One at a time for a data folder."""

    def __init__(self) -> None:
        self.data = data_dir()
        self.logs = self.data / "logs"
        self.ports: Ports = read_ports()
        self.stores: list[Postgres | Valkey] = []
        self.children: dict[str, Child] = {}
        self.commands: dict[str, list[str]] = {}
        self.settings: dict[str, str] = {}
        self.stopping = False

    def check_ports(self) -> None:
        """Raise PortTaken before anything is started."""
        check_free(self.ports)

    def start(self) -> None:
        """Start all parts in order and say where the desk is."""
        for ask in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ask, lambda *_: self.ask_to_stop())
        self.settings = self.start_stores()
        self.manage("migrate", "--verbosity", "0", saying="Preparing the database")
        self.manage("collectstatic", "--no-input", "--verbosity", "0", saying="Preparing the pages")
        self.run_part("sandbox", [sys.executable, "-m", "sandbox"], self.is_sandbox_ready)
        self.manage("seed_demo", saying="Seating the staff, connecting the accounts")
        uvicorn = [sys.executable, "-m", "uvicorn", "desk.asgi:demo", "--host", "127.0.0.1"]
        web = [
            *uvicorn,
            "--port",
            str(self.ports.desk),
            "--log-level",
            "warning",
            "--timeout-graceful-shutdown",
            "2",
        ]
        self.run_part("web", web, self.is_web_ready)
        celery = [sys.executable, "-m", "celery", "-A", "desk.celery", "--quiet"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.run_part("worker", [*celery, "worker", "--concurrency", "3", "--loglevel", "WARNING", *quiet])
        self.run_part("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="])
        self.run_part("sweeper", [sys.executable, str(BASE_DIR / "manage.py"), "sweeper", "--listen"])
        self.tell_where()

    def start_stores(self) -> dict[str, str]:
        """Start PostgreSQL and Redis where none is given; return the settings that every part gets."""
        settings = {
            "DESK_MODE": "demo",
            "DESK_DATA": str(self.data),
            "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
            "REDIS_URL": os.environ.get("REDIS_URL", ""),
            "PUBLIC_URL": f"http://127.0.0.1:{self.ports.desk}",
            "SANDBOX_URL": f"http://127.0.0.1:{self.ports.sandbox}",
            "SANDBOX_PORT": str(self.ports.sandbox),
            "SANDBOX_IMAP_PORT": str(self.ports.imap),
            "SANDBOX_SMTP_PORT": str(self.ports.smtp),
            "SANDBOX_DATA": str(self.data / "sandbox"),
            "SANDBOX_SCENARIO": os.environ.get("SANDBOX_SCENARIO", self.choose_scenario()),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.ports.smtp),
            "EMAIL_USE_TLS": "no",
            # The sandbox lets nobody write in the force's name who has not signed in as that mailbox.
            "EMAIL_HOST_USER": "desk@northshire.example",
            "EMAIL_HOST_PASSWORD": "sandbox-mail",
            "DESK_FROM_EMAIL": "desk@northshire.example",
            "POLL_SECONDS": os.environ.get("POLL_SECONDS", "2"),
        }
        say("Starting the database")
        if not settings["DATABASE_URL"]:
            postgres = start_postgres(self.data, self.logs / "postgres.log")
            self.stores.append(postgres)
            settings["DATABASE_URL"] = postgres.url()
        if not settings["REDIS_URL"]:
            valkey = start_valkey(self.data, self.logs / "redis.log")
            self.stores.append(valkey)
            settings["REDIS_URL"] = valkey.url
        return settings

    def choose_scenario(self) -> str:
        """Return the story to play: a busy evening in a new town, a quiet night in one that has had it."""
        return "quiet-night" if (self.data / "sandbox").exists() else "friday-evening"

    def manage(self, *words: str, saying: str) -> None:
        """Run one of the desk's commands to its end. Raises RuntimeError with its words when it fails."""
        say(saying)
        done = subprocess.run(
            [sys.executable, str(BASE_DIR / "manage.py"), *words],
            env={**os.environ, **self.settings},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(
                f"`manage.py {words[0]}` failed: {(done.stderr or done.stdout).strip()[-1500:]}"
            )

    def run_part(self, name: str, command: list[str], ready: Callable[[], bool] | None = None) -> None:
        """Start one part and wait until it answers. Raises RuntimeError with its last words."""
        say(f"Starting the {name}")
        self.commands[name] = command
        child = start_child(name, command, self.logs / f"{name}.log", self.settings)
        self.children[name] = child
        if ready and not wait_until(ready, child, 60):
            raise RuntimeError(f"the {name} did not start. Its last words: {child.last_words()}")

    def is_sandbox_ready(self) -> bool:
        """Say whether the sandbox answers."""
        return answers(f"http://127.0.0.1:{self.ports.sandbox}/town/journal?since=0&limit=1")

    def is_web_ready(self) -> bool:
        """Say whether the desk answers."""
        return answers(f"http://127.0.0.1:{self.ports.desk}/health/ready")

    def tell_where(self) -> None:
        """Write down where the services are, and print the one line that people need."""
        path = services_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        pids = {name: child.process.pid for name, child in self.children.items()}
        pids |= {store.child.name: store.child.process.pid for store in self.stores}
        path.touch(mode=0o600)
        path.write_text(
            json.dumps({"pid": os.getpid(), "settings": self.settings, "pids": pids}), encoding="utf-8"
        )
        say("")
        print(f"Digital Desk: http://127.0.0.1:{self.ports.desk}")
        print(f"  sign in as {', '.join(SIGN_INS)}; the password is {PASSWORD}")
        print(f"  the town, where you play the public: http://127.0.0.1:{self.ports.sandbox}/town")
        print(f"  logs: {relative(self.logs)}; Ctrl-C stops everything", flush=True)

    def watch(self) -> None:
        """Wait for the end; start a part again that died, and say so."""
        deaths: dict[str, int] = {}
        while not self.stopping:
            with contextlib.suppress(KeyboardInterrupt):
                time.sleep(0.5)
                self.revive_dead(deaths)
                continue
            self.stopping = True

    def revive_dead(self, deaths: dict[str, int]) -> None:
        """Start again what died; after five deaths in one run give up with its last words."""
        for store in self.stores:
            if not store.child.is_alive():
                raise RuntimeError(f"{store.child.name} ended. Its last words: {store.child.last_words()}")
        for name, child in list(self.children.items()):
            if self.stopping or child.is_alive():
                continue
            deaths[name] = deaths.get(name, 0) + 1
            if deaths[name] > 5:
                raise RuntimeError(f"the {name} keeps ending. Its last words: {child.last_words()}")
            print(
                f"The {name} ended unexpectedly and is started again (log: {relative(child.log)}).",
                flush=True,
            )
            child.stop(patience=1)
            self.children[name] = start_child(name, self.commands[name], child.log, self.settings)

    def ask_to_stop(self) -> None:
        """Note that the end was asked for; during the start, stop at once."""
        if self.stopping:
            return
        self.stopping = True
        raise KeyboardInterrupt

    def stop(self) -> None:
        """End every part and then the stores; leave no process."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if self.children or self.stores:
            print("\nStopping …", flush=True)
        for name in ("beat", "sweeper", "worker", "web", "sandbox"):
            if name in self.children:
                self.children[name].process.terminate()
        for child in self.children.values():
            child.stop(patience=12)
        for store in reversed(self.stores):
            store.stop()
        services_file().unlink(missing_ok=True)


def say(words: str) -> None:
    """Show progress on one line that the next one overwrites; plain lines where nobody watches."""
    if sys.stdout.isatty():
        print(f"\r\x1b[K{words + ' …' if words else ''}", end="", flush=True)
    elif words:
        print(f"{words} …", flush=True)


def relative(path: Path) -> str:
    """Return the path as seen from here, where that is shorter."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def answers(url: str) -> bool:
    """Say whether the address answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
