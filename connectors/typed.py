"""What an admin typed on a set-up page, read by the channel's own fields."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from connectors.contract import SetupField
from connectors.registry import find_connector
from inbox.errors import BadInput


@dataclass(frozen=True)
class Typed:
    """What an admin typed on the set-up page, parted into plain settings and credentials."""

    config: dict[str, Any]
    secrets: dict[str, str]


def read_values(channel: str, values: dict[str, Any], stored: Collection[str] = ()) -> Typed:
    """Read what was typed by the channel's own set-up; `stored` names the credentials that may be left empty.

    Raises BadInput naming the field.
    """
    config: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    for field in find_connector(channel).setup().fields:
        if field.secret and field.name in stored and not values.get(field.name):
            continue
        value = read_value(field, values.get(field.name))
        if field.secret and value:
            secrets[field.name] = str(value)
        elif not field.secret:
            config[field.name] = value
    return Typed(config, secrets)


def read_value(field: SetupField, value: Any) -> Any:
    """Return one field's value in its own type; an empty one takes the initial value. Raises BadInput."""
    if field.kind == "flag":
        return value in {True, "true", "on", "yes", "1"}
    text = str(value if value is not None else "").replace("\r\n", "\n").strip() or field.initial
    if field.required and not text:
        raise BadInput(f"{field.label} is missing. Nothing was stored.", field=field.name)
    if field.kind == "number" and text:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise BadInput(f"{field.label} must be a whole number. Nothing was stored.", field=field.name)
        return int(text)
    if field.kind == "choice" and text not in {choice for choice, _ in field.choices}:
        raise BadInput(
            f"{field.label} has a value that is not offered. Nothing was stored.", field=field.name
        )
    return text
