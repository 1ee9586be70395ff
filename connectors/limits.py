"""How long a server asks us to wait."""

from datetime import UTC, datetime, timedelta

import requests

DEFAULT, LONGEST = 60, 3_600


def read_retry_after(response: requests.Response) -> datetime:
    """Return the moment that Retry-After names in seconds, a minute from now when it names none."""
    said = response.headers.get("retry-after", "")
    seconds = int(said) if said.isascii() and said.isdigit() and len(said) < 8 else DEFAULT
    return datetime.now(UTC) + timedelta(seconds=min(seconds, LONGEST))
