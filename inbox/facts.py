"""What triage is told of a message, made alike when it arrives and when it is judged again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from inbox.capabilities import Capabilities
from inbox.enums import Direction

PREFIXES = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|sv|vs|antw|tr|rif|odp)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
EARLIER_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a message is judged with: the thread before it, the thread's subject, earlier contacts."""

    capabilities: Capabilities
    thread: Sequence[str] = ()
    subject: str = ""
    contacts: int = 0


def name_channel(capabilities: Capabilities, visibility: str) -> str:
    """Return the word under which triage knows where it was said, such as "x_public" or "email"."""
    word = capabilities.triage_channel
    return f"{word}_{visibility}" if capabilities.public and capabilities.private else word


def quote_earlier(direction: str, text: str) -> str:
    """Return an earlier text as triage expects it: ours begins with the force's name in square brackets."""
    if direction != Direction.IN:
        return f"[{settings.FORCE_NAME}] {text[:EARLIER_LENGTH]}"
    # The public's own bracket must not pass for our name.
    return f" {text[:EARLIER_LENGTH]}" if text.startswith("[") else text[:EARLIER_LENGTH]


def head_of(subject: str, before: str) -> str:
    """Return what stands before the text: the subject, where it tells more than the conversation's did."""
    bare = PREFIXES.sub("", subject).strip()
    return f"{subject}\n" if bare and bare != PREFIXES.sub("", before).strip() else ""
