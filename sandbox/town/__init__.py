"""The page on which a person plays the public."""

from typing import Any

from starlette.routing import BaseRoute


def town_routes(world: Any) -> list[BaseRoute]:
    """Routes of /town (page, its fragments, its static files); mount them beside the town's HTTP API."""
    return []
