"""Pages of the API: {"results", "next", "previous"}, with whole addresses that keep the filters."""

from typing import Any

from rest_framework.request import Request

from inbox.errors import BadInput
from inbox.queries.queue import LARGEST_PAGE, QueuePage

USUAL_PAGE = 50


def read_limit(request: Request) -> int:
    """Return how many rows are wanted; BadInput for what is not a number from 1 on."""
    word = request.query_params.get("limit", str(USUAL_PAGE))
    if not word.isascii() or not word.isdigit() or not 1 <= len(word) <= 6 or int(word) < 1:
        raise BadInput(f"limit must be a number from 1 to {LARGEST_PAGE}.", field="limit")
    return min(int(word), LARGEST_PAGE)


def wrap(request: Request, page: QueuePage, results: list[Any]) -> dict[str, Any]:
    """Return the page's body."""
    return {
        "results": results,
        "next": make_address(request, page.next),
        "previous": make_address(request, page.previous),
    }


def make_address(request: Request, place: str | None) -> str | None:
    """Return this request's address with another place in the list."""
    if place is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = place
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
