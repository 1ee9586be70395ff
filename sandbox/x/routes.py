"""The addresses of X API v2."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from sandbox.ascii_json import AsciiJson
from sandbox.serving.door import Door, Handler
from sandbox.world import World
from sandbox.x.door import XPlatform
from sandbox.x.inbox import Inbox
from sandbox.x.limits import Limits
from sandbox.x.oauth import oauth_routes
from sandbox.x.reads import Reads
from sandbox.x.sending import Sending
from sandbox.x.writes import Writes


def x_routes(world: World, limits: Limits) -> list[BaseRoute]:
    """Everything under /2, the token endpoints among it."""
    platform = XPlatform(world, limits)
    reads, inbox = Reads(world.x), Inbox(world.x)
    writes, sending = Writes(world.x), Sending(world.x)
    table: list[tuple[str, str, str, Handler]] = [
        ("GET", "/2/users/me", "users_me", reads.me),
        ("GET", "/2/users/by", "users_lookup", reads.users),
        ("GET", "/2/users/by/username/{username}", "users_lookup", reads.user),
        ("GET", "/2/users", "users_lookup", reads.users),
        ("GET", "/2/users/{id}", "users_lookup", reads.user),
        ("GET", "/2/users/{id}/mentions", "mentions", reads.mentions),
        ("GET", "/2/users/{id}/tweets", "user_tweets", reads.written),
        ("GET", "/2/tweets/search/recent", "search_recent", reads.search),
        ("GET", "/2/tweets/{id:int}/quote_tweets", "quote_tweets", reads.quotes),
        ("GET", "/2/dm_events", "dm_events", inbox.events),
        (
            "GET",
            "/2/dm_conversations/with/{participant_id}/dm_events",
            "dm_conversation_events",
            inbox.events_with,
        ),
        ("GET", "/2/dm_conversations/{id}/dm_events", "dm_thread", inbox.events_of),
        ("GET", "/2/tweets", "tweets_lookup", reads.lookup),
        ("GET", "/2/tweets/{id:int}", "tweet", reads.one),
        ("POST", "/2/tweets", "create_tweet", writes.create),
        ("DELETE", "/2/tweets/{id}", "delete_tweet", writes.delete),
        ("PUT", "/2/tweets/{id}/hidden", "hide_reply", writes.hide),
        ("POST", "/2/users/{id}/likes", "like", writes.like),
        ("POST", "/2/dm_conversations/with/{participant_id}/messages", "create_dm", sending.message_to),
        ("POST", "/2/dm_conversations/{id}/messages", "create_dm", sending.message_in),
        ("POST", "/2/media/upload", "media_upload", sending.upload),
        ("POST", "/2/media/metadata", "media_metadata", sending.describe),
    ]
    doors: list[BaseRoute] = [
        Route(path, Door(platform, operation, handler), methods=[method])
        for method, path, operation, handler in table
    ]
    return [*oauth_routes(world), *doors, Route("/2/{rest:path}", _nothing_here, methods=_ALL)]


_ALL = ["GET", "POST", "PUT", "DELETE", "PATCH"]


async def _nothing_here(_request: Request) -> JSONResponse:
    return AsciiJson({"title": "Not Found", "type": "about:blank", "status": 404, "detail": "Not Found"}, 404)
