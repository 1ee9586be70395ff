"""Writing as anybody: one item or a batch, on any of the channels."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from sandbox.ascii_json import AsciiJson
from sandbox.sites import Site
from sandbox.town_api import asked
from sandbox.words import Words
from sandbox.world import World

Verb = Callable[[dict[str, Any]], str]
Endpoint = Callable[[Request], Awaitable[JSONResponse]]


def writing_routes(world: World) -> list[BaseRoute]:
    """POST answers 201 {"id"} for an object and 201 {"ids"} for a list."""

    def post_on_x(item: dict[str, Any]) -> str:
        return world.post_on_x(_author(item), _text(item), _answered(item), **asked.more(item))

    def message_on_x(item: dict[str, Any]) -> str:
        return world.message_on_x(_author(item), _text(item), _answered(item), **asked.more(item))

    def comment(item: dict[str, Any]) -> str:
        return world.comment_on_facebook(_author(item), _text(item), _answered(item), **asked.more(item))

    def message_on_facebook(item: dict[str, Any]) -> str:
        return world.message_on_facebook(_author(item), _text(item), _answered(item), **asked.more(item))

    def send_mail(item: dict[str, Any]) -> str:
        subject = asked.maybe_text(item, "subject")
        return world.send_mail(_author(item), _text(item), subject, _answered(item), **asked.more(item))

    def page_post(item: dict[str, Any]) -> str:
        return world.facebook.publish(_text(item), asked.maybe_text(item, "to"))

    def announce(item: dict[str, Any]) -> str:
        return world.x.announce(_text(item), asked.maybe_text(item, "to"))

    verbs: dict[str, Verb] = {
        "/town/facebook/mentions": lambda item: world.facebook.mention(_author(item), _text(item)),
        "/town/x/posts": post_on_x,
        "/town/x/announcements": announce,
        "/town/x/messages": message_on_x,
        "/town/facebook/comments": comment,
        "/town/facebook/posts": page_post,
        "/town/facebook/messages": message_on_facebook,
        "/town/mail": send_mail,
    }
    verbs |= _on_sites(world)
    return [Route(path, _writer(world, verb), methods=["POST"]) for path, verb in verbs.items()]


def _on_sites(world: World) -> dict[str, Verb]:
    posts = {f"/town/{channel}/posts": _speaker(site.post) for channel, site in world.sites.items()}
    messages = {f"/town/{channel}/messages": _speaker(site.message) for channel, site in world.sites.items()}
    return {**posts, **messages}


def _speaker(say: Callable[[Words], str]) -> Verb:
    def speak(item: dict[str, Any]) -> str:
        more = asked.more(item)
        return say(Words(author=_author(item), text=_text(item), in_reply_to=_answered(item), **more))

    return speak


def changing_routes(world: World) -> list[BaseRoute]:
    """The public changes its words, or takes them back."""

    async def edit_x(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        return AsciiJson({"id": world.x.edit(request.path_params["id"], _text(item))})

    async def edit_facebook(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        world.facebook.edit(request.path_params["id"], _text(item))
        return AsciiJson({"id": request.path_params["id"]})

    async def delete_x(request: Request) -> JSONResponse:
        world.x.delete(request.path_params["id"])
        return AsciiJson({"deleted": True})

    async def delete_facebook(request: Request) -> JSONResponse:
        world.facebook.delete(request.path_params["id"])
        return AsciiJson({"deleted": True})

    async def edit_message(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        world.facebook.edit_message(request.path_params["id"], _text(item))
        return AsciiJson({"id": request.path_params["id"]})

    async def delete_message(request: Request) -> JSONResponse:
        world.facebook.delete_message(request.path_params["id"])
        return AsciiJson({"deleted": True})

    return [
        Route("/town/facebook/messages/{id}/edit", edit_message, methods=["POST"]),
        Route("/town/facebook/messages/{id}", delete_message, methods=["DELETE"]),
        Route("/town/x/posts/{id}/edit", edit_x, methods=["POST"]),
        Route("/town/x/posts/{id}", delete_x, methods=["DELETE"]),
        Route("/town/facebook/comments/{id}/edit", edit_facebook, methods=["POST"]),
        Route("/town/facebook/comments/{id}", delete_facebook, methods=["DELETE"]),
        *(route for site in world.sites.values() for route in _site_changes(site)),
    ]


def _site_changes(site: Site) -> list[BaseRoute]:
    async def edit(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        return AsciiJson({"id": site.edit(request.path_params["id"], _text(item))})

    async def delete(request: Request) -> JSONResponse:
        site.delete(request.path_params["id"])
        return AsciiJson({"deleted": True})

    return [
        Route(f"/town/{site.channel}/posts/{{id:path}}/edit", edit, methods=["POST"]),
        Route(f"/town/{site.channel}/posts/{{id:path}}", delete, methods=["DELETE"]),
    ]


def _writer(world: World, verb: Verb) -> Endpoint:
    async def write(request: Request) -> JSONResponse:
        found = await asked.body(request)
        if isinstance(found, dict):
            asked.known(found)
            return AsciiJson({"id": verb(found)}, 201)
        batch = asked.items(found)
        for item in batch:
            asked.known(item)
        with world.store.transaction():
            ids = [verb(item) for item in batch]
        return AsciiJson({"ids": ids}, 201)

    return write


def _author(item: dict[str, Any]) -> str:
    return asked.text_of(item, "author")


def _text(item: dict[str, Any]) -> str:
    return asked.text_of(item, "text", "" if item.get("attachments") else None)


def _answered(item: dict[str, Any]) -> str | None:
    return asked.maybe_text(item, "in_reply_to")
