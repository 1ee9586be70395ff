"""The addresses under /town that scripts use; bad input is answered 400 with one sentence."""

from asyncio import to_thread
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from sandbox import scenarios
from sandbox.ascii_json import AsciiJson
from sandbox.graph import hooks
from sandbox.graph.usage import Usage
from sandbox.journal import KINDS
from sandbox.town_api import asked
from sandbox.town_api.asked import Bad
from sandbox.town_api.faults import order
from sandbox.town_api.replies import replies
from sandbox.town_api.writing import changing_routes, writing_routes
from sandbox.town_api.x_hooks import x_hook_routes
from sandbox.world import World
from sandbox.x.limits import Limits

Endpoint = Callable[[Request], Awaitable[JSONResponse]]
_YEARS = 20 * 366 * 86_400


@dataclass
class Controls:
    """What a script may turn besides the world itself."""

    limits: Limits = field(default_factory=Limits)
    usage: Usage = field(default_factory=Usage)

    def keep_to_real_limits(self, real: bool) -> None:
        self.limits.real = self.usage.real = real
        self.clear()

    def clear(self) -> None:
        self.limits.clear()
        self.usage.clear()


def town_api_routes(world: World, controls: Controls) -> list[BaseRoute]:
    """All of it, each wrapped so that a ValueError becomes a 400."""
    routes = [
        *writing_routes(world),
        *changing_routes(world),
        *_reading(world),
        *_fault_routes(world),
        *_running(world, controls),
        *x_hook_routes(world),
        *_account_routes(world),
        *_scenario_routes(world),
        *_hook_routes(world),
    ]
    return [_polite(route) for route in routes if isinstance(route, Route)]


def _polite(route: Route) -> Route:
    endpoint: Endpoint = route.endpoint

    @wraps(endpoint)
    async def answered(request: Request) -> JSONResponse:
        try:
            return await endpoint(request)
        except UnicodeError:
            raise
        except ValueError as error:
            return AsciiJson({"error": str(error)}, 400)

    return Route(route.path, answered, methods=list(route.methods or ()))


def _reading(world: World) -> list[Route]:
    async def journal(request: Request) -> JSONResponse:
        since = asked.query_number(request, "since", 0, 2**62)
        limit = asked.query_number(request, "limit", 1000, 10_000)
        kind, channel = request.query_params.get("kind"), request.query_params.get("channel")
        if kind is not None and kind not in KINDS:
            raise Bad(f"'kind' must be one of {', '.join(KINDS)}.")
        entries = world.journal.since(since, limit, kind, channel)
        last = entries[-1].seq if entries else since
        return AsciiJson({"entries": [entry.as_dict() for entry in entries], "next": last})

    async def answers(request: Request) -> JSONResponse:
        return AsciiJson(replies(world, request.path_params["id"]))

    return [
        Route("/town/journal", journal, methods=["GET"]),
        Route("/town/replies/{id:path}", answers, methods=["GET"]),
    ]


def _fault_routes(world: World) -> list[Route]:
    async def give(request: Request) -> JSONResponse:
        return AsciiJson(order(world, await asked.an_object(request)), 201)

    async def listed(_request: Request) -> JSONResponse:
        return AsciiJson({"faults": [asdict(fault) for fault in world.faults.listed()]})

    async def clear(_request: Request) -> JSONResponse:
        world.accounts.mend_tokens()
        return AsciiJson({"cleared": world.faults.clear()})

    return [
        Route("/town/faults", give, methods=["POST"]),
        Route("/town/faults", listed, methods=["GET"]),
        Route("/town/faults", clear, methods=["DELETE"]),
    ]


def _running(world: World, controls: Controls) -> list[Route]:
    async def clock(_request: Request) -> JSONResponse:
        return _time(world)

    async def move(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        world.clock.move(asked.number(item.get("shift_seconds"), "shift_seconds", -_YEARS, _YEARS))
        return _time(world)

    async def set_right(_request: Request) -> JSONResponse:
        world.clock.set_right()
        return _time(world)

    async def reset(_request: Request) -> JSONResponse:
        world.empty()
        controls.clear()
        return AsciiJson({"empty": True})

    async def limits(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        if not isinstance(item.get("real"), bool):
            raise Bad("'real' must be true (the platforms' own limits) or false (a hundred times those).")
        controls.keep_to_real_limits(item["real"])
        for site in world.sites.values():
            site.keep_to_real_limits(item["real"])
        return AsciiJson({"real": item["real"]})

    return [
        Route("/town/clock", clock, methods=["GET"]),
        Route("/town/clock", move, methods=["POST"]),
        Route("/town/clock", set_right, methods=["DELETE"]),
        Route("/town/reset", reset, methods=["POST"]),
        Route("/town/limits", limits, methods=["POST"]),
    ]


def _account_routes(world: World) -> list[Route]:
    async def open_account(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        made = world.open_account(asked.text_of(item, "channel"), asked.text_of(item, "name"))
        return AsciiJson(made, 201)

    async def accounts(_request: Request) -> JSONResponse:
        return AsciiJson({"accounts": [account.as_dict() for account in world.accounts.all()]})

    return [
        Route("/town/accounts", open_account, methods=["POST"]),
        Route("/town/accounts", accounts, methods=["GET"]),
    ]


def _scenario_routes(world: World) -> list[Route]:
    async def listed(_request: Request) -> JSONResponse:
        known = [{"name": s.name, "title": s.title, "about": s.about} for s in scenarios.catalogue()]
        return AsciiJson({"scenarios": known, "state": world.player.state()})

    async def start(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        name = request.path_params["name"]
        seed = int(asked.number(item.get("seed", 1), "seed", 0, 2**53))
        speed = asked.number(item.get("speed", 1.0), "speed", 0.01, 10_000)
        try:
            return AsciiJson(world.player.start(name, seed, speed), 201)
        except KeyError:
            names = ", ".join(scenario.name for scenario in scenarios.catalogue())
            raise Bad(f"There is no scenario {name!r}; there are {names}.") from None

    async def stop(_request: Request) -> JSONResponse:
        return AsciiJson(world.player.stop())

    return [
        Route("/town/scenarios", listed, methods=["GET"]),
        Route("/town/scenarios/{name}", start, methods=["POST"]),
        Route("/town/scenarios", stop, methods=["DELETE"]),
    ]


def _hook_routes(world: World) -> list[Route]:
    """What Meta's web hooks tell of happenings: sent to `to`, or only shown where there is none."""

    async def tell(request: Request) -> JSONResponse:
        item = await asked.an_object(request)
        to = asked.maybe_text(item, "to")
        flags = {name: item.get(name) is True for name in ("reverse", "apart", "numeric", "wrong_signature")}
        since = int(asked.number(item.get("since", 0), "since", 0, 2**53))
        times = int(asked.number(item.get("times", 1), "times", 1, 100))
        calls = hooks.deliveries(world, hooks.Order(since=since, times=times, **flags))
        if to is None:
            return AsciiJson({"calls": calls})
        return AsciiJson({"statuses": await to_thread(hooks.send, to, calls)})

    return [Route("/town/facebook/hooks", tell, methods=["POST"])]


def _time(world: World) -> JSONResponse:
    shift: dict[str, Any] = {"shift_seconds": world.clock.shift_seconds}
    return AsciiJson({"now": world.clock.now().isoformat(), **shift})


__all__ = ["Controls", "town_api_routes"]
