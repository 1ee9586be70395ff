"""Find the services of a running `make run`, so that commands work beside it without any setting."""

import json
import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def data_dir() -> Path:
    """Return the folder that holds everything the demo writes."""
    return Path(os.environ.get("DESK_DATA") or BASE_DIR / "var")


def services_file() -> Path:
    """Return the file in which a running `make run` says where its services are."""
    return data_dir() / "run" / "services.json"


def is_running(pid: int) -> bool:
    """Say whether a process of that number lives (one owned by somebody else counts)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read_services() -> dict[str, str]:
    """Return the settings of the running demo, or nothing when none runs."""
    try:
        found = json.loads(services_file().read_text(encoding="utf-8"))
        return found["settings"] if is_running(int(found["pid"])) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def adopt_running_services() -> None:
    """Set the environment to the running demo's, unless the caller said where the database is.

    With no demo running and nothing said, commands that need no database (such as `assess`) still work;
    the others say that none answers.
    """
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return
    if os.environ.get("DESK_MODE", "demo") == "production":
        return
    for name, value in read_services().items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DESK_MODE", "demo")
    nowhere = services_file().parent / "nothing-runs-start-with-make-run"
    os.environ.setdefault("DATABASE_URL", f"postgresql://desk@/desk?host={nowhere}")
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
