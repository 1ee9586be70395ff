"""A browser, and the desk's own web process over the tests' database.

Without a Chromium ($DESK_CHROMIUM, or one on this machine) the journeys are skipped, named and counted.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from staff.models import Member

# The browser's driver runs a loop in this thread; Django would take that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
HERE = Path(__file__).parent
START_SECONDS = 30
Enter = Callable[..., Page]


def find_chromium() -> str | None:
    """Return the browser's path, or None."""
    given = os.environ.get("DESK_CHROMIUM")
    return (
        given or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    journeys = [item for item in items if HERE in item.path.parents]
    for item in journeys:
        item.add_marker(pytest.mark.browser)
    # The browser's driver keeps a loop running in this thread until the run ends, so journeys come last:
    # tests of asynchronous code could not start theirs any more.
    items[:] = [item for item in items if item not in journeys] + journeys
    if find_chromium() is None:
        reason = f"No Chromium was found (set DESK_CHROMIUM): {len(journeys)} browser journeys were not run"
        for item in journeys:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield chromium
        chromium.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def desk_url(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo's one process: pages and live events, over the tests' database."""
    call_command("collectstatic", "--no-input", "--verbosity", "0")
    port, database = free_port(), connection.settings_dict
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "PUBLIC_URL": url,
        "LOG_LEVEL": "WARNING",
    }
    log = tmp_path_factory.mktemp("desk") / "web.log"
    with log.open("wb") as out:
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "desk.asgi:demo",
            "--port",
            str(port),
            "--log-level",
            "warning",
        ]
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=settings.BASE_DIR)
        try:
            wait_until_up(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def wait_until_up(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{url}/health/live", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The web process did not start: {log.read_text(errors='replace')[-2000:]}")


def make_session(member: Member) -> str:
    """Return the key of a session as the sign-in page makes it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(member.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = member.get_session_auth_hash()
    store.create()
    return str(store.session_key)


@pytest.fixture
def enter(browser: Browser, desk_url: str, transactional_db: None) -> Iterator[Enter]:
    """Open a window in which a member is signed in; a script error or a broken policy fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(member: Member | None, path: str = "/", **options: object) -> Page:
        settings_of_window = {"viewport": {"width": 1280, "height": 800}, **options}
        context = browser.new_context(base_url=desk_url, **settings_of_window)  # type: ignore[arg-type]
        contexts.append(context)
        if member:
            key = make_session(member)
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": desk_url}])
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("console", lambda line: note_complaint(complaints, line.type, f"{line.text} {line.location}"))
        page.goto(path)
        return page

    yield open_window
    for context in contexts:
        context.close()
    wait_until_quiet()
    assert complaints == []


def wait_until_quiet() -> None:
    """Wait until the web process has finished what closed windows asked for: tables are emptied next."""
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    busy = f"SELECT count(*) FROM pg_stat_activity WHERE {others} AND state <> 'idle'"
    end, still = time.monotonic() + 10, 0
    while still < 3 and time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(busy)
            still = still + 1 if cursor.fetchone()[0] == 0 else 0
        time.sleep(0.05)


def note_complaint(complaints: list[str], kind: str, text: str) -> None:
    """Keep errors of the console; refusals that a test provokes and a lost network are told apart by name."""
    provoked = ("status of 409", "status of 422", "ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED")
    if kind == "error" and not any(words in text for words in provoked):
        complaints.append(f"console: {text}")
