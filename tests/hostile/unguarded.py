"""The desk's pages with their first layer taken away, to see that the layers behind it hold by themselves.

Strangers' HTML is not cleaned and strangers' text is not escaped. For tests only; nothing else imports this.
"""

from typing import Any

from django.template import engines
from django.utils.safestring import SafeString

from desk.asgi import demo  # sets Django up, so it comes first

from desk.templatetags import desk_tags  # isort: skip
from inbox.presenters import letter  # isort: skip

__all__ = ["demo"]


def take_guard_away(letters: Any, tags: Any, django: Any) -> None:
    """Show everything as it came."""
    assert letters.sanitise and tags.show and django.engine.autoescape, "the guard stands elsewhere now"
    letters.sanitise = lambda html: html
    tags.show = lambda text, spans=(): SafeString(text)
    django.engine.autoescape = False


take_guard_away(letter, desk_tags, engines["django"])
