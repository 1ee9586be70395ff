"""A real Chromium that is shown hostile pages, and all that would betray a script or a call outside."""

import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from playwright.sync_api import Dialog, Frame, Page, sync_playwright

from tests.browser.conftest import find_chromium

T = TypeVar("T")
# Runs before anything else in every document in which scripts run at all.
TELL_TALE = """
for (const name of ["alert", "confirm", "prompt", "print"])
  window[name] = () => console.info("RAN " + name);
"""
# A connection over which nothing is asked: Chromium opens it before it asks the policy about a frame.
SILENT = "a connection without a word"
# The browser's maker is asked for news in any case; those names lead nowhere.
OWN_CALLS = ", ".join(f"MAP *.{name}.com ~NOTFOUND" for name in ("google", "googleapis", "gvt1", "gstatic"))
LAUNCH = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-pings"]


@dataclass
class Seen:
    """What betrayed itself: `ran` scripts, dialogs, lost pages; `called` outside; `refused` by policy."""

    ran: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@contextmanager
def listen_outside(called: list[str]) -> Iterator[int]:
    """Listen where every name of the internet leads in this browser; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def answer() -> None:
            while not ended.is_set():
                try:
                    caller, _ = server.accept()
                except TimeoutError:
                    continue
                with caller:
                    caller.settimeout(0.2)
                    try:
                        called.append(describe(caller.recv(2_000)))
                    except OSError:
                        called.append(SILENT)

        listener = threading.Thread(target=answer)
        listener.start()
        yield server.getsockname()[1]
        ended.set()
        listener.join()


def describe(opening: bytes) -> str:
    """Return the hosts and addresses that a call names."""
    return " ".join(part.decode() for part in re.findall(rb"[\x21-\x7e]{6,}", opening)[:9]) or "nothing said"


class Watch:
    """A page of a browser in which a member is signed in."""

    def __init__(self, page: Page, base: str, seen: Seen) -> None:
        self.page, self.base, self.seen, self.title = page, base, seen, ""
        page.on("dialog", self.note_dialog)
        page.on("pageerror", lambda error: seen.ran.append(f"script error {error}"))
        page.on("console", lambda line: self.hear(line.type, line.text))
        page.on("popup", lambda other: seen.ran.append(f"window {other.url}"))
        page.on("framenavigated", self.note_way)

    def note_dialog(self, dialog: Dialog) -> None:
        """Note a dialog and shut it, or the page would wait for ever."""
        self.seen.ran.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def hear(self, kind: str, text: str) -> None:
        """Tell refusals of the policy from scripts that ran."""
        if text.startswith("RAN"):
            self.seen.ran.append(f"{text} on {self.page.url}")
        elif "Content Security Policy" in text:
            self.seen.refused.append(text[:300])

    def note_way(self, frame: Frame) -> None:
        """Note a frame that went somewhere else than it was sent."""
        if not frame.url.startswith((self.base, "about:", "chrome-error:")):
            self.seen.ran.append(f"a frame went to {frame.url[:200]}")

    def show(self, path: str, settle: int = 20) -> None:
        """Open a page, stay a moment, and look whether it is still the page that was asked for."""
        self.page.goto(self.base + path, wait_until="load")
        self.page.wait_for_timeout(settle)
        if not self.page.url.startswith(self.base):
            self.seen.ran.append(f"{path} became {self.page.url}")

    def show_frames(self, paths: Iterable[str], settle: int = 400) -> None:
        """Show many pages at once in frames of a page of the desk, which give them no sandbox."""
        self.page.evaluate(
            """async (paths) => {
                for (const old of document.querySelectorAll("iframe")) old.remove();
                await Promise.all(paths.map((path) => new Promise((done) => {
                    const frame = document.createElement("iframe");
                    frame.onload = frame.onerror = done;
                    frame.src = path;
                    document.body.append(frame);
                })));
            }""",
            list(paths),
        )
        self.page.wait_for_timeout(settle)


def watch(base: str, cookie: tuple[str, str] | None, look: Callable[[Watch], T]) -> tuple[Seen, T]:
    """Let `look` open pages; return what betrayed itself, with what `look` returns.

    The browser has a thread of its own: two drivers in one thread do not get on.
    """

    def run() -> tuple[Seen, T]:
        seen = Seen()
        with listen_outside(seen.called) as port, sync_playwright() as driver:
            rules = f"--host-resolver-rules={OWN_CALLS}, MAP * 127.0.0.1:{port}, EXCLUDE 127.0.0.1"
            browser = driver.chromium.launch(executable_path=find_chromium(), args=[*LAUNCH, rules])
            context = browser.new_context()
            context.add_init_script(TELL_TALE)
            if cookie:
                context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": base}])
            page = context.new_page()
            page.set_default_timeout(15_000)
            found = look(Watch(page, base, seen))
            page.wait_for_timeout(300)
            browser.close()
        return seen, found

    with ThreadPoolExecutor(1) as alone:
        return alone.submit(run).result()
