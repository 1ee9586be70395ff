"""`make check`: lint, layout, types, the law of imports, migrations and deployment settings."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography.fernet import Fernet

from desk.local.found import BASE_DIR
from desk.local.postgres import start_postgres
from desk.local.valkey import start_valkey

CHECKS = (
    ("lint", ["ruff", "check", "."]),
    ("layout", ["ruff", "format", "--check", "."]),
    ("types", ["mypy", "."]),
    ("law of imports", ["lint-imports", "--no-cache"]),
    ("house rules", [sys.executable, "-m", "desk.local.house_rules"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("deployment", [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
    ("compose file", [sys.executable, "-m", "desk.local.check_compose"]),
)


def run_checks(env: dict[str, str]) -> list[str]:
    """Run every check, each with its own line; return the names of those that failed."""
    failed = []
    for name, command in CHECKS:
        start = time.monotonic()
        done = subprocess.run(command, cwd=BASE_DIR, env=env, capture_output=True, text=True, check=False)
        print(
            f"{'ok    ' if not done.returncode else 'FAILED'} {name} ({time.monotonic() - start:.1f} s)",
            flush=True,
        )
        if done.returncode:
            failed.append(name)
            print(done.stdout, done.stderr, sep="\n", flush=True)
    return failed


def main() -> int:
    """Check against a database of the check's own, with production's settings."""
    with tempfile.TemporaryDirectory(prefix="desk-check-") as folder:
        postgres = start_postgres(Path(folder), Path(folder) / "postgres.log")
        valkey = start_valkey(Path(folder), Path(folder) / "redis.log")
        env = {
            **os.environ,
            "DESK_MODE": "production",
            "DATABASE_URL": postgres.url(),
            "REDIS_URL": valkey.url,
            "SECRET_KEY": os.urandom(40).hex(),
            "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
            "ALLOWED_HOSTS": "desk.example.org",
            "PUBLIC_URL": "https://desk.example.org",
            "DESK_DATA": folder,
        }
        try:
            failed = run_checks(env)
        finally:
            postgres.stop()
            valkey.stop()
    print(f"{len(CHECKS) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
