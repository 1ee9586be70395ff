"""The HTTP side of the sandbox: X, the Graph API, pictures, the town's API and its page."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route

from sandbox.bluesky.routes import bluesky_routes
from sandbox.consent import consent_routes
from sandbox.graph.routes import graph_routes
from sandbox.mastodon.routes import mastodon_routes
from sandbox.pictures import picture_routes
from sandbox.town import town_routes
from sandbox.town_api import Controls, town_api_routes
from sandbox.world import World
from sandbox.x.routes import x_routes


def make_app(world: World) -> Starlette:
    """Everything on one port; the Graph API comes last because any first word can be an object's id."""
    controls = Controls()
    routes: list[BaseRoute] = [
        Route("/", _to_town, methods=["GET"]),
        *town_api_routes(world, controls),
        *town_routes(world),
        *picture_routes(world),
        *consent_routes(world),
        *x_routes(world, controls.limits),
        *bluesky_routes(world),
        *mastodon_routes(world),
        *graph_routes(world, controls.usage),
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    app.state.world = world
    return app


async def _to_town(_request: Request) -> RedirectResponse:
    return RedirectResponse("/town")
