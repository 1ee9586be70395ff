"""Reading on Bluesky: notifications, posts, records, pictures."""

import base64
from typing import Any

from sandbox.bluesky.door import Refused, caller
from sandbox.bluesky.names import POSTS
from sandbox.bluesky.people import BlueskyTown
from sandbox.bluesky.shapes import Shapes
from sandbox.serving.call import Answer, Call

_ENDLESS = 2**62
_MOST_POSTS = 25


class Reads:
    """Handlers of the queries that are no chat."""

    def __init__(self, town: BlueskyTown) -> None:
        self._town = town
        self._shapes = Shapes(town)

    def session(self, call: Call) -> Answer:
        account = caller(call)
        return Answer(body={"did": account.id, "handle": account.handle, "active": True})

    def notifications(self, call: Call) -> Answer:
        """Newest first; the cursor is nobody's business but this server's."""
        limit = number(call, 100, 50)
        reasons = {value for name, value in call.pairs if name == "reasons"}
        found = self._town.posts.notices(caller(call).id, below(call), limit + 1)
        shown = [self._shapes.notification(*one) for one in found[:limit] if not reasons or one[1] in reasons]
        body: dict[str, Any] = {"notifications": shown, "seenAt": "2024-02-06T00:00:00.000Z"}
        if len(found) > limit:
            body["cursor"] = token(found[limit - 1][0].number)
        return Answer(body=body, note={"ids": [one["uri"] for one in shown]})

    def posts(self, call: Call) -> Answer:
        """Posts by address, at most 25; those that are gone are left out."""
        uris = [value for name, value in call.pairs if name == "uris"]
        if not 0 < len(uris) <= _MOST_POSTS:
            raise Refused("InvalidRequest", "Error: uris must have between 1 and 25 elements")
        if not all(uri.startswith("at://did:") for uri in uris):
            raise Refused("InvalidRequest", "Error: uris must be valid at-uris")
        found = [self._town.posts.get(uri) for uri in uris]
        return Answer(body={"posts": [self._shapes.post(one) for one in found if one and not one.gone]})

    def record(self, call: Call) -> Answer:
        uri = f"at://{call.query.get('repo')}/{call.query.get('collection')}/{call.query.get('rkey')}"
        found = self._town.posts.get(uri)
        if found is None or found.gone:
            raise Refused("RecordNotFound", f"Could not locate record: {uri}")
        return Answer(body=self._shapes.record(found))

    def records(self, call: Call) -> Answer:
        """A repository's records, the highest key first."""
        if call.query.get("collection") != POSTS:
            return Answer(body={"records": []})
        limit = number(call, 100, 50)
        found = self._town.posts.by(call.query.get("repo", ""), limit, call.query.get("cursor"))
        body: dict[str, Any] = {"records": [self._shapes.record(post) for post in found]}
        if found:
            body["cursor"] = found[-1].rkey
        return Answer(body=body, note={"ids": [post.uri for post in found]})

    def image(self, call: Call) -> Answer:
        """A picture as the network of copies gives it."""
        media = self._town.blob(call.path["cid"])
        content = None if media is None else self._town.media.content(media)
        items = [] if media is None else self._town.media.items([media])
        if content is None or not items:
            raise Refused("NotFound", status=404)
        return Answer(body=content, media_type=items[0].type)


def number(call: Call, most: int, usual: int) -> int:
    text = call.query.get("limit", "")
    if text and (not text.isdecimal() or not 1 <= int(text) <= most):
        raise Refused("InvalidRequest", f"Error: limit must be between 1 and {most}")
    return int(text) if text else usual


def token(place: int) -> str:
    return base64.urlsafe_b64encode(f"at:{place}".encode()).decode()


def below(call: Call) -> int:
    text = call.query.get("cursor")
    if not text:
        return _ENDLESS
    try:
        return int(base64.urlsafe_b64decode(text).decode().removeprefix("at:"))
    except ValueError:
        raise Refused("InvalidRequest", "Error: cursor is malformed") from None
