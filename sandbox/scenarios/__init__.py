"""Readable stories that the sandbox plays: who writes what, where, when, and what they say back."""

from sandbox.scenarios.player import Player, play
from sandbox.scenarios.reading import Scenario, catalogue, load

__all__ = ["Player", "Scenario", "catalogue", "load", "play"]
