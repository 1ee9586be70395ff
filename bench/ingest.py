"""Messages a second, from the provider's page over a real socket to triaged rows, one worker's path."""

import imaplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests
from django.utils import timezone
from requests.adapters import HTTPAdapter

from bench.texts import write_text
from connectors.models import Account
from connectors.polling import poll_account
from inbox.models import Message


@dataclass(frozen=True)
class Speed:
    """How many were stored, and messages a second with and without the time the provider took to answer."""

    stored: int
    whole: float
    from_page: float


WAYS = {"twitter": "x/posts", "facebook": "facebook/comments", "email": "mail"}


def publish(sandbox: str, channel: str, start: int, count: int) -> None:
    """Let the public write `count` contacts, each by another author, in batches."""
    address = f"{sandbox}/town/{WAYS[channel]}"
    for first in range(start, start + count, 100):
        numbers = range(first, min(first + 100, start + count))
        batch = [{"author": f"Bencher {number}", "text": write_text(number)} for number in numbers]
        requests.post(address, json=batch, timeout=120).raise_for_status()


def drain(account: Account, want: int) -> int:
    """Poll until nothing new has come for two polls; return how many messages the account has gained."""
    before = Message.objects.filter(account=account).count()
    quiet = gained = 0
    while quiet < 2 and gained < want:
        Account.objects.filter(pk=account.pk).update(
            next_poll_at=timezone.now() - timedelta(seconds=1), limited_until=None, lease_until=None
        )
        poll_account(account.pk)
        now = Message.objects.filter(account=account).count() - before
        quiet = quiet + 1 if now == gained else 0
        gained = now
    return gained


@contextmanager
def watch_waiting() -> Iterator[list[float]]:
    """Collect the seconds that are spent waiting for the provider, over HTTP and over IMAP."""
    waited = [0.0]
    send, fetch = HTTPAdapter.send, imaplib.IMAP4._command_complete  # type: ignore[attr-defined]

    def timed(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return original(*args, **kwargs)
            finally:
                waited[0] += time.perf_counter() - start

        return call

    HTTPAdapter.send = timed(send)  # type: ignore[method-assign]
    imaplib.IMAP4._command_complete = timed(fetch)  # type: ignore[attr-defined]
    try:
        yield waited
    finally:
        HTTPAdapter.send = send  # type: ignore[method-assign]
        imaplib.IMAP4._command_complete = fetch  # type: ignore[attr-defined]


def measure_ingest(sandbox: str, channel: str, start: int, count: int) -> Speed:
    """Publish, poll until all is stored, and return how fast that went."""
    account = Account.objects.filter(channel=channel).order_by("pk").first()
    if account is None:
        raise RuntimeError(f"no account speaks {channel}")
    publish(sandbox, channel, start, count)
    with watch_waiting() as waited:
        begin = time.perf_counter()
        gained = drain(account, count)
        taken = time.perf_counter() - begin
    return Speed(gained, gained / taken, gained / (taken - waited[0]))
