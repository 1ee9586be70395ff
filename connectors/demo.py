"""How the demo and the tests reach a channel in the sandbox: each channel's folder says it for itself."""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Demo:
    """The account that the demo connects.

    `values` are what an admin would type on the set-up page, `town` the address at which the sandbox lets the
    public write something that reaches the account.
    """

    name: str
    town: str
    values: dict[str, Any] = field(repr=False)


def find_demo(word: str) -> Demo | None:
    """Return the demo's account of the channel `word`; None for a channel that the sandbox does not speak."""
    try:
        module = import_module(f"connectors.{word}.demo")
    except ModuleNotFoundError as error:
        if error.name != f"connectors.{word}.demo":
            raise
        return None
    made: Demo = module.make_demo()
    return made
