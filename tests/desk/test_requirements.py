"""What the product's processes import is locked: a bare machine has nothing else."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Imports as a machine does on which only the locked packages are installed: the others are not found.
BARE = """
import re, sys
from importlib.metadata import packages_distributions

def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()

locked = set(sys.argv[1].split())
owned = packages_distributions()
missing = {top for top, names in owned.items() if locked.isdisjoint(map(normal, names))}

class Bare:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {name!r} is locked", name=name)

sys.meta_path.insert(0, Bare())
"""
PRODUCT = """
import os
os.environ.update(DESK_MODE="demo", DATABASE_URL="postgresql://desk@/desk?host=/x", REDIS_URL="redis://127.0.0.1:1/0")
os.environ["DJANGO_SETTINGS_MODULE"] = "desk.settings"
import django
django.setup()
import desk.asgi, desk.celery, gunicorn.app.wsgiapp, gunicorn.workers.gthread
import kombu.transport.redis, uvicorn.main
import celery.bin.beat, celery.bin.worker, celery.concurrency.prefork
from django.core.management import get_commands, load_command_class
from django.urls import get_resolver
from connectors.registry import list_connectors
desk.celery.app.loader.import_default_modules()
get_resolver().url_patterns
list_connectors()
own = ("audit", "connectors", "desk", "inbox", "staff", "triage")
[load_command_class(room, name) for name, room in get_commands().items() if room in own]
"""
SANDBOX = "import sandbox.app, sandbox.__main__"


def read_lock(name: str) -> set[str]:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    found = (
        line.partition("==")[0].partition("[")[0] for line in lines if "==" in line and line[0].isalnum()
    )
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


def load_bare(locked: set[str], loading: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BARE + loading, " ".join(sorted(locked))]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("lock", "loading"), [("app", PRODUCT), ("local", SANDBOX)])
def test_everything_starts_where_only_the_locked_packages_are(lock, loading):
    done = load_bare(read_lock(lock), loading)
    assert done.returncode == 0, done.stderr[-1500:]


def test_a_package_that_nobody_locked_would_be_noticed():
    done = load_bare(read_lock("app") - {"packaging"}, PRODUCT)
    assert "No module named 'packaging" in done.stderr
