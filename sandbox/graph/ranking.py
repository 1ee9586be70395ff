"""The order "ranked", how Facebook shows comments unless told otherwise: popular, then by its own mind."""

from collections.abc import Callable

from sandbox.graph.schema import Thing
from sandbox.graph.things import Part
from sandbox.ids import person_number


def ranked(things: list[Thing], part: Part, likes: Callable[[str], int]) -> list[Thing]:
    """The part of the ranked order after (or before) the thing its cursor names."""
    order = sorted(things, key=lambda thing: (-likes(thing.id), person_number(thing.id, 0, 1 << 32)))
    places = {thing.number: place for place, thing in enumerate(order)}
    if part.after is not None:
        order = order[places.get(part.after, len(order)) + 1 :]
    elif part.before is not None:
        order = order[: places.get(part.before, 0)]
    return order[: part.limit]
