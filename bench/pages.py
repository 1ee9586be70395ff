"""The pages as a browser asks for them, over HTTP with a session, and what a press of a button takes."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import requests

from bench.timing import Spread, repeat, spread
from desk.local.demo import PASSWORD
from inbox.enums import ConversationState
from inbox.models import Conversation

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Visitor:
    """A signed-in member with a session of their own."""

    base: str
    session: requests.Session
    token: str

    def get(self, path: str) -> requests.Response:
        """Fetch a page; anything but success is an error."""
        answer = self.session.get(self.base + path, timeout=30)
        answer.raise_for_status()
        return answer

    def post(self, path: str, **form: str) -> requests.Response:
        """Send a form as the page would."""
        headers = {"Referer": self.base + "/", "X-CSRFToken": self.token}
        return self.session.post(
            self.base + path, data=form, headers=headers, timeout=30, allow_redirects=False
        )

    def call(self, path: str, **body: object) -> requests.Response:
        """Call the API."""
        headers = {"Referer": self.base + "/", "X-CSRFToken": self.token}
        return self.session.post(f"{self.base}/api/v1{path}", json=body, headers=headers, timeout=30)


def sign_in(base: str, username: str) -> Visitor:
    """Sign in through the page."""
    session = requests.Session()
    token = TOKEN.search(session.get(f"{base}/login/", timeout=30).text)
    if token is None:
        raise RuntimeError("the sign-in page has no form")
    form = {"csrfmiddlewaretoken": token[1], "username": username, "password": PASSWORD}
    answer = session.post(
        f"{base}/login/", data=form, headers={"Referer": f"{base}/login/"}, timeout=30, allow_redirects=False
    )
    if answer.status_code != 302:
        raise RuntimeError(f"{username} could not sign in ({answer.status_code})")
    return Visitor(base, session, session.cookies["csrf"])


def measure_pages(base: str, times: int) -> dict[str, Spread]:
    """Return the spreads of queue, conversation, search, claim and reply at the store's present size."""
    visitor = sign_in(base, "operator")
    open_ids = list(
        Conversation.objects.filter(
            state=ConversationState.OPEN, holder=None, thread_key__startswith="bench-"
        )
        .order_by("?")
        .values_list("pk", flat=True)[: 3 * times + 40]
    )
    searches = ("purse stolen", "noise neighbour", "fire alarm", "bench 77", "road blocked")
    read: dict[str, Callable[[int], object]] = {
        "queue": lambda _: visitor.get("/"),
        "conversation": lambda n: visitor.get(f"/c/{open_ids[n]}/"),
        "search": lambda n: visitor.get(f"/?tab=all&q={searches[n % len(searches)].replace(' ', '+')}"),
    }
    figures = {name: repeat(action, times) for name, action in read.items()}
    figures["claim"] = repeat(lambda n: check(visitor.call(f"/conversations/{open_ids[n]}/claim/")), times)
    figures["reply"] = repeat(
        lambda n: check(
            visitor.call(
                f"/conversations/{open_ids[n]}/reply/",
                text=f"Thank you, we are looking into it. {n}",
                visibility="public",
                idempotency_key=f"bench-{n}-{time.time_ns()}",
            )
        ),
        times,
    )
    return figures


def check(answer: requests.Response) -> None:
    """Raise with the answer's own words when the call was refused."""
    if answer.status_code >= 300:
        raise RuntimeError(f"{answer.status_code}: {answer.text[:300]}")


def race(base: str, racers: int = 20) -> tuple[int, int, float]:
    """Let as many sessions claim one conversation at once; return winners, told-no, slowest milliseconds."""
    visitors = [sign_in(base, name) for name in ("operator", "operator2")]
    one = Conversation.objects.filter(state=ConversationState.OPEN, holder=None).order_by("?").first()
    if one is None:
        raise RuntimeError("nothing is open")
    barrier, answers, taken = threading.Barrier(racers), [], []

    def claim(number: int) -> None:
        cookies = dict(visitors[number % 2].session.cookies)
        headers = {"X-CSRFToken": visitors[number % 2].token, "Referer": base + "/"}
        barrier.wait()
        start = time.perf_counter()
        address = f"{base}/api/v1/conversations/{one.pk}/claim/"
        answers.append(
            (number % 2, requests.post(address, cookies=cookies, headers=headers, json={}, timeout=30))
        )
        taken.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = {member for member, answer in answers if answer.status_code == 200}
    refused = sum(answer.status_code == 409 for _, answer in answers)
    return len(winners), refused, max(taken)


def measure_screen(base: str, sandbox: str, times: int) -> Spread:
    """Return how long it takes from a post in the town to its row in the queue as the screen fetches it."""
    visitor = sign_in(base, "operator")
    taken = []
    for number in range(times):
        mark = f"benchmark{time.time_ns()}"
        text = f"someone is breaking in right now with a knife, help {mark}"
        start = time.perf_counter()
        requests.post(
            f"{sandbox}/town/x/posts", json={"author": f"Screen {mark}", "text": text}, timeout=30
        ).raise_for_status()
        wait_for_row(visitor, mark)
        taken.append((time.perf_counter() - start) * 1000)
        time.sleep(0.37 + 0.11 * (number % 5))
    return spread(taken)


def wait_for_row(visitor: Visitor, mark: str) -> None:
    """Follow the live events and fetch the queue's rows at each, until the row is there."""
    with visitor.session.get(f"{visitor.base}/events", stream=True, timeout=30) as stream:
        if mark in visitor.get("/queue/rows/").text:
            return
        for line in stream.iter_lines():
            if line.startswith(b"event: conversation") and mark in visitor.get("/queue/rows/").text:
                return
    raise RuntimeError("the stream of events ended")


def ratio(later: Spread, earlier: Spread) -> float:
    """Return how much slower the later one is, by p95."""
    return later.p95 / earlier.p95
