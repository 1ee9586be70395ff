"""The channels that this desk speaks: one folder and one word in the settings each."""

from functools import cache
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from connectors.contract import Connector


@cache
def find_connector(word: str) -> Connector:
    """Return the connector of the channel `word`. Raises ImproperlyConfigured when it is not enabled."""
    if word not in settings.CHANNELS:
        raise ImproperlyConfigured(f"The channel {word!r} is not among CHANNELS.")
    connector: Connector = import_module(f"connectors.{word}.connector").CONNECTOR
    return connector


def list_connectors() -> list[Connector]:
    """Return every enabled channel's connector, in the order of the settings."""
    return [find_connector(word) for word in settings.CHANNELS]
