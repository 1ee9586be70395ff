"""X's lists of posts, page by page: timelines, search and quotes (contract section 1.3)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import requests
import tweepy

from connectors.reading import read_dict
from connectors.twitter import config
from connectors.twitter.client import Client
from connectors.twitter.items import Found, read_items
from connectors.twitter.parse import Own, parse_post, time_of

MOST_PAGES = 20
# A page's call takes the token of the page, None for the first.
PageCall = Callable[[tweepy.Client, bool, str | None], requests.Response]
Window = dict[str, Any]

POST_FIELDS: dict[str, Any] = {
    "tweet_fields": config.TWEET_FIELDS,
    "expansions": config.EXPANSIONS,
    "media_fields": config.MEDIA_FIELDS,
    "user_fields": config.USER_FIELDS,
    "place_fields": config.PLACE_FIELDS,
}


def read_answers(client: Client, call: PageCall, most: int = MOST_PAGES) -> Iterator[dict[str, Any]]:
    """Yield an endpoint's answers, page after page, while X names a next one."""
    token: str | None = None
    for _ in range(most):
        answer = client.read(lambda api, signed, at=token: call(api, signed, at))  # type: ignore[misc]
        yield answer
        token = read_dict(answer, "meta").get("next_token")
        if not token:
            return


def read_stream(client: Client, own: Own, call: PageCall, stream: str) -> tuple[list[Found], int]:
    """Return the posts of every page, newest first, and how many pages there were; each is paid for."""
    found: list[Found] = []
    pages = 0
    for answer in read_answers(client, call):
        pages += 1
        items = read_items(answer, stream, partial(parse_post, own=own))
        client.ledger.pay_for(stream, [one.latest for one in items], answer)
        found += items
    return found, pages


def since_window(since: Any) -> Window:
    """Return how far back to read: from the last known id, or a day when there is none."""
    if since:
        return {"since_id": str(since)}
    return {"start_time": datetime.now(UTC) - timedelta(seconds=config.FIRST_REACH_SECONDS)}


def search_window(since: Any) -> Window:
    """Return the same for search, which refuses an id that is older than a week."""
    reach = datetime.now(UTC) - timedelta(seconds=config.SEARCH_REACH_SECONDS)
    if since and time_of(str(since)) < reach:
        return {"start_time": reach}
    return since_window(since)


def timeline(own_id: str, stream: str, window: Window) -> PageCall:
    """Return the call for mentions or our own posts."""

    def call(api: tweepy.Client, signed: bool, token: str | None) -> requests.Response:
        ask = api.get_users_mentions if stream == "mentions" else api.get_users_tweets
        answer: requests.Response = ask(
            own_id, pagination_token=token, max_results=100, user_auth=signed, **window, **POST_FIELDS
        )
        return answer

    return call


def search(query: str, window: Window) -> PageCall:
    """Return the call for a search of the last week."""

    def call(api: tweepy.Client, signed: bool, token: str | None) -> requests.Response:
        answer: requests.Response = api.search_recent_tweets(
            query, next_token=token, max_results=100, user_auth=signed, **window, **POST_FIELDS
        )
        return answer

    return call


def quotes(post_id: str) -> PageCall:
    """Return the call for the posts that quote one of ours."""

    def call(api: tweepy.Client, signed: bool, token: str | None) -> requests.Response:
        answer: requests.Response = api.get_quote_tweets(
            post_id, pagination_token=token, max_results=100, user_auth=signed, **POST_FIELDS
        )
        return answer

    return call
