"""Levels as words, the way scripts read and write them."""

from inbox.enums import Urgency
from inbox.errors import BadInput

LEVELS = {level.name.lower(): level for level in Urgency}
CHOICES = [(level.name.lower(), level.label) for level in reversed(Urgency)]


def write_level(value: int) -> str:
    """Return the word of a level."""
    return Urgency(value).name.lower()


def read_level(word: str, field: str = "urgency") -> Urgency:
    """Return the level called `word`; BadInput when there is none."""
    level = LEVELS.get(word.strip().lower())
    if level is None:
        raise BadInput("Choose critical, urgent, routine or none.", field=field)
    return level
