"""Messages a second, from the provider's page over a real socket to triaged rows, one worker's path."""

import time
from datetime import timedelta

import requests
from django.utils import timezone

from bench.texts import write_text
from connectors.models import Account
from connectors.polling import poll_account
from inbox.models import Message

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


def measure_ingest(sandbox: str, channel: str, start: int, count: int) -> tuple[float, int]:
    """Return (messages a second, how many were stored)."""
    account = Account.objects.filter(channel=channel).order_by("pk").first()
    if account is None:
        raise RuntimeError(f"no account speaks {channel}")
    publish(sandbox, channel, start, count)
    begin = time.perf_counter()
    gained = drain(account, count)
    return gained / (time.perf_counter() - begin), gained
