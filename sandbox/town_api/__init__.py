"""The town by HTTP, for scripts: write as anybody, read the journal, order faults, move the clock."""

from sandbox.town_api.routes import Controls, town_api_routes

__all__ = ["Controls", "town_api_routes"]
