"""Strangers' text made safe to look at: escaped, misleading characters shown, reasons underlined."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString

# Controls, overrides of direction, spaces of no width and invisible tags. Joiners stay: scripts and emoji
# need them; so do the tag letters that spell the flags of England, Scotland and Wales.
HIDDEN = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)"
    "|([\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f])"
)
Span = tuple[int, int]


def show(text: str, spans: Collection[Span] = ()) -> SafeString:
    """Return `text` as HTML: escaped, hidden characters named, `spans` (code points, end excluded) marked."""
    if not spans:
        return show_plain(text)
    pieces = ((show_mark(piece) if marked else show_plain(piece),) for piece, marked in cut(text, spans))
    return format_html_join("", "{}", pieces)


def show_mark(text: str) -> SafeString:
    """Return the words of a reason, underlined."""
    return format_html("<mark>{}</mark>", show_plain(text))


def show_plain(text: str) -> SafeString:
    """Return `text` escaped, with every hidden character shown by its number and named for readers."""
    text = text.replace("\r\n", "\n")
    if not HIDDEN.search(text):
        return escape(text)
    return format_html_join("", "{}", ((piece,) for piece in split_hidden(text)))


def split_hidden(text: str) -> Iterator[SafeString]:
    """Yield the plain pieces and the shown hidden characters, in order."""
    done = 0
    for found in HIDDEN.finditer(text):
        if found[1]:
            continue
        yield conditional_escape(text[done : found.start()])
        yield name_hidden(found[0])
        done = found.end()
    yield conditional_escape(text[done:])


def name_hidden(character: str) -> SafeString:
    """Return a small label for a character that cannot be seen."""
    name = unicodedata.name(character, "control character").lower()
    return format_html('<span class="control" title="{}">U+{}</span>', name, f"{ord(character):04X}")


def cut(text: str, spans: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    """Yield pieces of `text`, each with whether a span covers it; wrong and overlapping spans do no harm."""
    done = 0
    for first, last in sorted(spans):
        start, end = max(first, done), min(last, len(text))
        if end <= start:
            continue
        if start > done:
            yield text[done:start], False
        yield text[start:end], True
        done = end
    if done < len(text):
        yield text[done:], False
