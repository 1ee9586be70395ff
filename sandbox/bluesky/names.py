"""Names of things on Bluesky: dids, content ids and time-ordered record keys."""

import base64
import hashlib
import json
import re
from datetime import datetime
from typing import Any

SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
POSTS = "app.bsky.feed.post"
FAR = "town.example"
"""Where the handles of the public end."""


def did_of(handle: str) -> str:
    """The same did for the same handle, today and after a reset."""
    return "did:plc:" + _hashed(handle)[:24]


def cid_of(value: Any) -> str:
    """A content id in the shape of a real one; another for anything else."""
    plain = value if isinstance(value, bytes) else json.dumps(value, sort_keys=True).encode()
    return "bafyrei" + (_hashed(plain) + _hashed(plain + b"2"))[:52]


def tid_of(number: int) -> str:
    """13 letters that sort like the number."""
    letters = [SORTABLE[(number >> (5 * place)) & 31] for place in range(12, -1, -1)]
    return "".join(letters)


def number_of(tid: str) -> int:
    """The number that sorts like the letters; 0 for what is no key."""
    if not all(letter in SORTABLE for letter in tid):
        return 0
    number = 0
    for letter in tid[:13]:
        number = number * 32 + SORTABLE.index(letter)
    return number


def tid_at(at: datetime, number: int) -> str:
    """A key of the moment `at`; `number` keeps those of one moment apart."""
    return tid_of((int(at.timestamp() * 1_000_000) << 10) | (number & 1023))


def _hashed(value: str | bytes) -> str:
    plain = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return base64.b32encode(hashlib.sha256(plain).digest()).decode().lower().rstrip("=")
