"""Fetch a file from one of a platform's own hosts through the one outbound client."""

from collections.abc import Collection
from typing import Any

import requests

from connectors.errors import InvalidContent, ParentGone, RateLimited, Transient
from connectors.faults import explain_network
from connectors.http import AnswerTooLarge, HostRefused, open_session
from connectors.limits import read_retry_after

MOST_BYTES = 25_000_000


def fetch_over_http(source: str, hosts: Collection[str], *, name: str, auth: Any = None) -> tuple[bytes, str]:
    """Return a file's bytes and the media type that its server says.

    Raises InvalidContent for what will never be fetched, Transient for what may come later.
    """
    try:
        response = open_session(hosts, most_bytes=MOST_BYTES).get(source, auth=auth)
    except AnswerTooLarge:
        raise InvalidContent("The file is larger than 25 MB.", code="size") from None
    except (HostRefused, requests.exceptions.InvalidURL, requests.exceptions.MissingSchema):
        raise InvalidContent("The file lies on a host that the desk does not call.", code="host") from None
    except (requests.RequestException, OSError) as error:
        raise explain_network(error, writing=False, name=name) from None
    if response.status_code in {403, 404, 410}:
        raise ParentGone("The file is not there any more.", code=str(response.status_code))
    if response.status_code == 429:
        raise RateLimited("The file's server asks us to wait.", until=read_retry_after(response))
    if response.status_code != 200:
        raise Transient(f"The file's server answered with status {response.status_code}.")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return response.content, kind[:120] or "application/octet-stream"
