"""Small, strict readers for vendors' JSON: what has another type than promised is an error, not a guess."""

from typing import Any


class Malformed(ValueError):
    """A field that is needed is missing or of the wrong type."""


def read_id(item: Any, name: str = "id") -> str:
    """Return an id as opaque text (numbers come from old payloads). Raises Malformed."""
    value = item.get(name) if isinstance(item, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise Malformed(f"The field {name} is missing or is no id.")
    text = str(value)
    if len(text) > 400:
        raise Malformed(f"The field {name} is too long for an id.")
    return text


def read_text(item: dict[str, Any], name: str) -> str:
    """Return a text, empty when it is absent or null. Raises Malformed for anything else."""
    value = item.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"The field {name} is no text.")
    return value


def read_dict(item: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object, empty when it is absent or something else."""
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def read_list(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects of a list, empty when it is absent or something else."""
    value = item.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
