"""How long X finds a text: 280 units, configuration v3 of twitter-text (contract section 1.6)."""

import re
import unicodedata

LIMIT = 280
_LINK_UNITS = 23
_LONGEST_LABEL = 63
_LIGHT = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))

_TOP_LEVEL = (
    "com|org|net|info|biz|io|co|uk|de|fr|jp|eu|us|ca|au|gov|edu|tv|me|app|dev|police|london|wales|scot"
)
_LINK = re.compile(
    r"https?://[^\s<>\"]+[^\s<>\".,;:!?')\]}]"
    rf"|(?<![\w@.\-/])(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+(?:{_TOP_LEVEL})(?![\w.\-@])(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)

_BASE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f0ff\U0001f10d-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_ONE = f"{_BASE}\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})*|[\U0001f3fb-\U0001f3ff]"
)


def weight(text: str) -> int:
    """Weighted units of a text: links count 23, an emoji 2 as a whole, most scripts of Europe 1 a letter."""
    normal = unicodedata.normalize("NFC", text)
    links = [match.group() for match in _LINK.finditer(normal) if _possible(match.group())]
    for link in links:
        normal = normal.replace(link, "", 1)
    plain, emoji = _EMOJI.subn("", normal)
    return len(links) * _LINK_UNITS + emoji * 2 + sum(_unit(ord(letter)) for letter in plain)


def _possible(link: str) -> bool:
    """Whether the host could be one: no label above 63 characters as the name system writes it."""
    host = re.split(r"[/?#:]", link.partition("://")[2] or link)[0]
    labels = host.split(".")
    return len(labels) > 1 and all(0 < _written(label) <= _LONGEST_LABEL for label in labels)


def _written(label: str) -> int:
    return len(label) if label.isascii() else len("xn--") + len(label.encode("punycode"))


def _unit(point: int) -> int:
    return 1 if any(low <= point <= high for low, high in _LIGHT) else 2
