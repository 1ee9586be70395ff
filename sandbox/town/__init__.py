"""The page on which a person plays the public: write as anybody, read what the desk answers."""

from sandbox.town.page import town_routes

__all__ = ["town_routes"]
