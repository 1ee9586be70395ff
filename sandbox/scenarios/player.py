"""Plays one scenario at a time."""

from typing import Any


async def play(world: Any, name: str, seed: int, speed: float) -> None:
    """Play a scenario to its end; cancel the task to stop it. KeyError when there is no such scenario."""


class Player:
    """One scenario at a time: world makes one (`world.player = Player(world)`) and everybody uses it."""

    def __init__(self, world: Any) -> None:
        self.world = world

    def start(self, name: str, seed: int = 1, speed: float = 1.0) -> dict[str, Any]:
        """Begin (ending any other); gives `state()`. KeyError: no such scenario; ValueError: bad speed."""
        return self.state()

    def stop(self) -> dict[str, Any]:
        return self.state()

    def state(self) -> dict[str, Any]:
        """{"playing": name | None, "seed": n, "speed": x, "told": n, "of": n}."""
        return {"playing": None}
