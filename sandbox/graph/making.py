"""How an object becomes JSON: a maker for each field it has, and only the wanted ones called."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.graph.errors import refuse
from sandbox.graph.fields import Field

Maker = Callable[[Field], Any]
Makers = dict[str, Maker]
EdgeMaker = Callable[[str, Field], Any]
"""(id of the owner, field) → the value of an edge asked for as a field."""


def when(at: datetime) -> str:
    """Facebook's time: no colon in the offset (contract section 2.4)."""
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def edge_makers(edges: EdgeMaker, owner: str, *names: str) -> Makers:
    def maker(field: Field) -> Any:
        return edges(owner, field)

    return dict.fromkeys(names, maker)


def pick(
    kind: str, makers: Makers, fields: tuple[Field, ...] | None, default: tuple[str, ...]
) -> dict[str, Any]:
    """The wanted fields that have a value; the id is always there. Refused (100): a field that is not."""
    asked = fields if fields is not None else tuple(Field(name) for name in default)
    shape: dict[str, Any] = {}
    for field in asked:
        if field.name not in makers:
            raise refuse(
                100, f"(#100) Tried accessing nonexisting field ({field.name}) on node type ({kind})"
            )
        value = makers[field.name](field)
        if value is not None:
            shape[field.name] = value
    shape.setdefault("id", makers["id"](Field("id")))
    return shape


def inner_of(value: dict[str, Any], field: Field) -> dict[str, Any]:
    """The members asked for of a plain value."""
    if field.inner is None:
        return value
    names = {inner.name for inner in field.inner}
    return {name: member for name, member in value.items() if name in names}
