"""Make strangers' text storable. What misleads but can be stored is kept: inbox.visible shows it."""

import hashlib
import re

REPLACEMENT = "\ufffd"
# PostgreSQL stores neither NUL nor half of a surrogate pair; JSON and broken encodings deliver both.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def make_storable(text: str) -> str:
    """Return `text` with every character that PostgreSQL refuses replaced by U+FFFD."""
    if text.isascii() and "\x00" not in text:
        return text
    return UNSTORABLE.sub(REPLACEMENT, text)


def fit(text: str, length: int) -> str:
    """Return `text` storable and cut to `length` characters, for what is only shown."""
    return make_storable(text)[:length]


def fit_key(text: str, length: int) -> str:
    """Return `text` storable; what is longer keeps its head and gets a hash, so that keys stay distinct."""
    key = make_storable(text)
    if key == text and len(key) <= length:
        return key
    # Hashed before the replacement, so that two keys which differ only in what cannot be stored stay two.
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{key[: length - 33]}#{digest}"
