"""X's web hooks at the town: the challenge, and what happened since a number of the journal."""

from asyncio import to_thread

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.ascii_json import AsciiJson
from sandbox.town_api import asked
from sandbox.world import World
from sandbox.x import hooks


def x_hook_routes(world: World) -> list[Route]:
    """POST {"to", "since", "times", "reverse", "wrong_signature"}; without `to` the calls are only shown."""

    async def tell(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        to = asked.maybe_text(item, "to")
        order = hooks.Order(
            since=int(asked.number(item.get("since", 0), "since", 0, 2**53)),
            times=int(asked.number(item.get("times", 1), "times", 1, 100)),
            reverse=item.get("reverse") is True,
            wrong_signature=item.get("wrong_signature") is True,
        )
        calls = hooks.deliveries(world, order)
        if to is None:
            return AsciiJson({"calls": calls})
        return AsciiJson({"statuses": await to_thread(hooks.send, to, calls)})

    async def challenge(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        return AsciiJson({"right": await to_thread(hooks.challenge, asked.text_of(item, "to"))})

    return [
        Route("/town/x/hooks", tell, methods=["POST"]),
        Route("/town/x/hooks/challenge", challenge, methods=["POST"]),
    ]
