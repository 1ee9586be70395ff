"""Ask triage about one message, and never lose the message when triage cannot answer."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from inbox.capabilities import Capabilities
from inbox.enums import Direction, Urgency
from inbox.incoming import Incoming
from triage import Facts, assess

PREFIXES = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|sv|vs|antw|tr|rif|odp)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
EARLIER_LENGTH = 2_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What triage said, as it is stored. Spans count code points of the message's text.

    `verdict` is triage's own dictionary; a reason found in the subject has no span there, its place in the
    subject stands under `subject_marks`. `unjudged` means that the rules could not be read on all of it.
    """

    level: Urgency = Urgency.ROUTINE
    score: float = 0.0
    unjudged: bool = False
    tags: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    verdict: dict[str, Any] = field(default_factory=dict)


UNJUDGED = Judgement(unjudged=True)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a message is judged with: the thread before it, the thread's subject, earlier contacts."""

    capabilities: Capabilities
    thread: Sequence[str] = ()
    subject: str = ""
    contacts: int = 0


def judge(item: Incoming, around: Surroundings) -> Judgement:
    """Return the verdict; a crash of the rules gives UNJUDGED, which goes on top of the queue."""
    head = f"{item.subject}\n" if _is_news(item.subject, around.subject) else ""
    facts = Facts(
        text=head + item.text,
        thread=tuple(around.thread),
        channel=name_channel(around.capabilities, item.visibility),
        private=item.visibility == "private",
        sent_at=item.written_at,
        previous_contacts=around.contacts,
        attachments=len(item.files),
    )
    try:
        verdict = assess(facts)
    except Exception:
        log.exception("The rules could not judge message %s.", item.remote_id)
        return UNJUDGED
    stored = verdict.to_dict()
    if head:
        _move_spans(stored, len(head))
    return Judgement(
        level=Urgency(int(verdict.level)),
        score=verdict.score,
        unjudged=verdict.incomplete,
        tags=verdict.tags,
        spans=tuple((one["span"][0], one["span"][1]) for one in stored["reasons"] if one["span"]),
        verdict=stored,
    )


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


def _is_news(subject: str, before: str) -> bool:
    """Say whether the subject tells something that the conversation's own subject has not told before."""
    bare = PREFIXES.sub("", subject).strip()
    return bool(bare) and bare != PREFIXES.sub("", before).strip()


def _move_spans(verdict: dict[str, Any], head: int) -> None:
    marks = []
    for reason in verdict["reasons"]:
        if reason["span"] is None:
            continue
        start, end = reason["span"]
        if start >= head:
            reason["span"] = [start - head, end - head]
            continue
        marks.append([start, min(end, head - 1)])
        reason["span"] = [0, end - head] if end > head else None
    verdict["subject_marks"] = marks
