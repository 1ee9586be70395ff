"""How fast a parsed page becomes triaged rows, without any network; bench.store_alone runs it."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import transaction

from bench.texts import write_text
from inbox.enums import Visibility
from inbox.incoming import Author, Incoming, IncomingFile, ReplyTerms
from inbox.services.ingest import store_page

PAGE = {"post": 100, "mail": 50}


def make_post(number: int) -> Incoming:
    """Return a public post as a social channel's connector hands it over."""
    text = write_text(number)
    payload = {"id": str(number), "text": text, "author_id": str(number), "lang": "en", "metrics": [0] * 12}
    return Incoming(
        remote_id=f"bench-{number}",
        thread_key=f"bench-{number}",
        author=Author(key=f"bench-{number}", name=f"Bencher {number}", address=f"@bencher{number}"),
        text=text,
        written_at=datetime.now(UTC),
        raw=json.dumps(payload).encode(),
        visibility=Visibility.PUBLIC,
        terms=ReplyTerms(public_target=str(number)),
    )


def make_mail(number: int) -> Incoming:
    """Return a mail of ordinary length with its source, HTML, a quotation and a small file."""
    body = "\n\n".join(write_text(number + line) for line in range(12))
    return Incoming(
        remote_id=f"mail-{number}",
        thread_key=f"mail-{number}",
        author=Author(
            key=f"u{number}@example.org", name=f"Bencher {number}", address=f"u{number}@example.org"
        ),
        text=body,
        subject=f"A question of {number}",
        quoted=body,
        html=f"<p>{body}</p>",
        written_at=datetime.now(UTC),
        raw=(body * 10).encode(),
        media_type="message/rfc822",
        visibility=Visibility.PRIVATE,
        files=(IncomingFile("photo.jpg", "image/jpeg", bytes(20_000)),) if number % 5 == 0 else (),
        terms=ReplyTerms(public_refusal="Mail is private.", private_target=f"u{number}@example.org"),
    )


def measure_store(account_id: int, kind: str, start: int, count: int) -> float:
    """Return messages a second for `count` new messages of `kind`, each page in a transaction of its own."""
    make: Callable[[int], Incoming] = make_post if kind == "post" else make_mail
    pages = [
        [make(number) for number in range(first, first + PAGE[kind])]
        for first in range(start, start + count, PAGE[kind])
    ]
    began = time.perf_counter()
    for page in pages:
        with transaction.atomic():
            store_page(account_id, page)
    return count / (time.perf_counter() - began)
