"""The addresses of the Graph API: with or without a version in front, any first word can be an id."""

import re

from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from sandbox.graph import errors
from sandbox.graph.door import GraphPlatform
from sandbox.graph.reads import Reads
from sandbox.graph.sending import Sending
from sandbox.graph.usage import Usage
from sandbox.graph.writes import Writes
from sandbox.serving.door import Door, Handler
from sandbox.world import World

_VERSION = re.compile(r"v(\d{1,2})\.(\d{1,2})")
_OLDEST, _NEWEST = (21, 0), (26, 0)

Key = tuple[str, str]
"""(method, edge), the edge empty for an object itself."""


def graph_routes(world: World, usage: Usage) -> list[BaseRoute]:
    """One route for everything; put it last."""
    return [Route("/{path:path}", Graph(world, usage), methods=["GET", "POST", "DELETE"])]


class Graph:
    """Finds out what is asked for and sends the call to its door."""

    def __init__(self, world: World, usage: Usage) -> None:
        platform = GraphPlatform(world, usage)
        reads, writes, sending = Reads(world.facebook), Writes(world.facebook), Sending(world.facebook)
        table: dict[Key, tuple[str, Handler]] = {
            ("GET", ""): ("object", reads.object),
            ("GET", "/"): ("objects", reads.objects),
            ("GET", "feed"): ("feed", reads.feed),
            ("GET", "posts"): ("posts", reads.posts),
            ("GET", "published_posts"): ("posts", reads.posts),
            ("GET", "visitor_posts"): ("visitor_posts", reads.visitor_posts),
            ("GET", "tagged"): ("tagged", reads.tagged),
            ("GET", "comments"): ("comments", reads.comments),
            ("GET", "likes"): ("likes", reads.likes),
            ("GET", "conversations"): ("conversations", reads.inbox.conversations),
            ("GET", "messages"): ("messages", reads.inbox.messages),
            ("GET", "accounts"): ("accounts", reads.accounts),
            ("GET", "debug_token"): ("debug_token", platform.tokens.debug),
            ("GET", "access_token"): ("oauth_access_token", platform.tokens.exchange),
            ("POST", "access_token"): ("oauth_access_token", platform.tokens.exchange),
            ("POST", "comments"): ("create_comment", writes.comment),
            ("POST", "feed"): ("create_post", writes.post),
            ("POST", "photos"): ("create_photo", writes.photo),
            ("POST", "messages"): ("send_message", sending.send),
            ("POST", "likes"): ("like", writes.like),
            ("DELETE", "likes"): ("unlike", writes.unlike),
            ("POST", ""): ("update", writes.update),
            ("DELETE", ""): ("delete", writes.delete),
        }
        self._doors = {key: Door(platform, operation, handler) for key, (operation, handler) in table.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        words = [word for word in scope["path_params"]["path"].split("/") if word]
        version = _served_version(words.pop(0) if words and _VERSION.fullmatch(words[0]) else None)
        owner, edge = _asked(words)
        door = self._doors.get((scope["method"], edge))
        if door is None or len(words) > 2:
            await _unknown(scope["path"])(scope, receive, send)
            return
        params = {"owner": owner, "edge": edge, "version": version}
        await door({**scope, "path_params": params}, receive, send)


def _asked(words: list[str]) -> tuple[str, str]:
    """(owner, edge) of a path without its version."""
    if not words:
        return "", "/"
    if words[0] == "debug_token" or words == ["oauth", "access_token"]:
        return "", words[-1]
    return words[0], words[1] if len(words) > 1 else ""


def _served_version(asked: str | None) -> str:
    """The newest when none is asked for; the oldest living one for an ended one (contract section 2)."""
    match = None if asked is None else _VERSION.fullmatch(asked)
    if match is None:
        return f"v{_NEWEST[0]}.{_NEWEST[1]}"
    wanted = (int(match.group(1)), int(match.group(2)))
    served = min(max(wanted, _OLDEST), _NEWEST)
    return f"v{served[0]}.{served[1]}"


def _unknown(path: str) -> Response:
    answer = errors.error(2500, f"Unknown path components: {path}")
    return Response(answer.content(), answer.status, media_type=errors.JSON)
