"""Icons, times and text, as every page shows them."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

import lucide
from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from desk.clock import spell_exactly, spell_moment, spell_span
from inbox.presenters.faces import AGE, draw_face, face_of
from inbox.presenters.rows import Row
from inbox.visible import Span, show

register = template.Library()
PLAIN_ICON = "message-circle"


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return the drawing called `name` (ours first, then Lucide's), hidden from screen readers."""
    return draw_icon(str(name))


@lru_cache(maxsize=256)
def draw_icon(name: str) -> SafeString:
    """Return the drawing; an unknown name, which a channel may bring, gets a speech balloon."""
    if not name.replace("-", "").isalnum():
        return draw_icon(PLAIN_ICON)
    try:
        return SafeString(get_template(f"icons/{name}.svg").render())
    except template.TemplateDoesNotExist:
        return draw_lucide(name)


def draw_lucide(name: str) -> SafeString:
    """Return Lucide's drawing. Its text comes from the installed package, never from a stranger."""
    try:
        return mark_safe(lucide._render_icon(name, 20, **{"class": "icon", "aria-hidden": "true"}))
    except (lucide.IconDoesNotExist, KeyError):
        return draw_icon(PLAIN_ICON)


@register.simple_tag
def moment(value: datetime | None) -> SafeString | str:
    """Return when something was: short on the page, whole in the title."""
    if value is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        spell_exactly(value),
        spell_moment(value),
    )


@register.simple_tag
def age(value: datetime | None) -> SafeString | str:
    """Return how long ago something was; the page keeps counting."""
    if value is None:
        return ""
    return write_age(value, spell_span((timezone.now() - value).total_seconds()))


@register.simple_tag
def open_age(value: datetime) -> SafeString:
    """Return an age whose words are filled in when the line is shown."""
    return write_age(value, mark_safe(AGE))


def write_age(value: datetime, words: str) -> SafeString:
    """Return the element that static/js/clock.js keeps counting."""
    return format_html(
        '<time datetime="{}" title="{}" data-age>{}</time>', value.isoformat(), spell_exactly(value), words
    )


@register.simple_tag(takes_context=True)
def drawn(context: Context, row: Row) -> SafeString:
    """Return one line of a list, its age as of now; every stranger's text in it is escaped."""
    is_open = row.conversation.pk == context.get("open_id")
    face = face_of(row, is_open, context.get("filter_query") or "")
    age = spell_span((timezone.now() - face.since).total_seconds())
    return mark_safe(draw_face(face).replace(AGE, age))


@register.filter
def span_words(seconds: float) -> str:
    """Return a number of seconds in words."""
    return spell_span(seconds)


@register.filter
def visible(text: object) -> SafeString:
    """Return a stranger's text escaped, its hidden characters shown."""
    return show("" if text is None else str(text))


@register.simple_tag
def marked(text: str | None, spans: Iterable[Span] = ()) -> SafeString:
    """Return a stranger's text with the words that triage went by underlined."""
    return show(text or "", [(int(start), int(end)) for start, end in spans])
