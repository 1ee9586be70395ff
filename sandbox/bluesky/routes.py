"""The addresses of Bluesky's own protocol: one below /xrpc for each of its methods, and the pictures."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from sandbox.ascii_json import AsciiJson
from sandbox.bluesky.chat import Chat
from sandbox.bluesky.door import BlueskyPlatform
from sandbox.bluesky.reads import Reads
from sandbox.bluesky.writes import Writes
from sandbox.serving.door import Door, Handler
from sandbox.world import World


def bluesky_routes(world: World) -> list[BaseRoute]:
    """A fault names an operation by the last word of its method, in the chat by the whole method."""
    town = world.bluesky.town
    platform = BlueskyPlatform(world, town, world.bluesky.buckets)
    reads, writes, chat = Reads(town), Writes(town), Chat(town)
    table: list[tuple[str, str, Handler]] = [
        ("POST", "com.atproto.server.createSession", writes.open_session),
        ("POST", "com.atproto.server.refreshSession", writes.refresh),
        ("GET", "com.atproto.server.getSession", reads.session),
        ("GET", "app.bsky.notification.listNotifications", reads.notifications),
        ("GET", "app.bsky.feed.getPosts", reads.posts),
        ("GET", "com.atproto.repo.getRecord", reads.record),
        ("GET", "com.atproto.repo.listRecords", reads.records),
        ("POST", "com.atproto.repo.createRecord", writes.create),
        ("POST", "com.atproto.repo.deleteRecord", writes.delete),
        ("POST", "com.atproto.repo.uploadBlob", writes.upload),
        ("GET", "chat.bsky.convo.getLog", chat.log),
        ("GET", "chat.bsky.convo.listConvos", chat.talks),
        ("GET", "chat.bsky.convo.getConvo", chat.talk),
        ("GET", "chat.bsky.convo.getConvoForMembers", chat.talk_with),
        ("GET", "chat.bsky.convo.getMessages", chat.messages),
        ("POST", "chat.bsky.convo.acceptConvo", chat.accept),
        ("POST", "chat.bsky.convo.sendMessage", chat.send),
    ]
    doors: list[BaseRoute] = [
        Route(f"/xrpc/{method}", Door(platform, _operation(method), handler), methods=[verb])
        for verb, method, handler in table
    ]
    image = Door(platform, "image", reads.image)
    pictures = Route("/img/{size}/plain/{did}/{cid}@jpeg", image, methods=["GET"])
    return [*doors, pictures, Route("/xrpc/{rest:path}", _nothing_here, methods=["GET", "POST"])]


def _operation(method: str) -> str:
    return method if method.startswith("chat.") else method.rpartition(".")[2]


async def _nothing_here(_request: Request) -> JSONResponse:
    return AsciiJson({"error": "MethodNotImplemented", "message": "Method Not Implemented"}, 501)
