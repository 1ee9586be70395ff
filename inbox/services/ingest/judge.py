"""Ask triage about one message, and never lose the message when triage cannot answer."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from inbox.enums import Urgency
from inbox.facts import Surroundings, head_of, name_channel
from inbox.incoming import Incoming
from inbox.marks import is_marked
from triage import Facts
from triage.serving import assess

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


def judge(item: Incoming, around: Surroundings) -> Judgement:
    """Return the verdict; a crash of the rules gives UNJUDGED, which goes on top of the queue."""
    head = head_of(item.subject, around.subject)
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
        unjudged=verdict.incomplete or item.closed,
        tags=verdict.tags,
        spans=tuple(read_marks(stored)),
        verdict=stored,
    )


def read_marks(verdict: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield where the telling reasons stand in the text."""
    for reason in verdict.get("reasons", ()):
        if reason["span"] and is_marked(reason):
            yield int(reason["span"][0]), int(reason["span"][1])


def _move_spans(verdict: dict[str, Any], head: int) -> None:
    marks = []
    for reason in verdict["reasons"]:
        if reason["span"] is None:
            continue
        start, end = reason["span"]
        if start >= head:
            reason["span"] = [start - head, end - head]
            continue
        if is_marked(reason):
            marks.append([start, min(end, head - 1)])
        reason["span"] = [0, end - head] if end > head else None
    verdict["subject_marks"] = marks
