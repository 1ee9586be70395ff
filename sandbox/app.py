"""The HTTP side of the sandbox: X, the Graph API, media, the town's API and its page."""

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from sandbox.town import town_routes
from sandbox.world import World


def make_app(world: World) -> Starlette:
    """Everything on one port; the Graph API comes last because any first word can be an object's id."""
    routes: list[BaseRoute] = [*town_routes(world)]
    app = Starlette(routes=routes)
    app.state.world = world
    return app
