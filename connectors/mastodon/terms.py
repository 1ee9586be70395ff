"""What may answer a status. A target is how widely the answer is seen, what it answers, and whom it names."""

import re

from connectors.errors import NotPermitted
from inbox.incoming import ReplyTerms

PRIVATE_ONLY = "This was written privately, so it can be answered privately only."
TARGET = re.compile(r"(public|unlisted|direct):([0-9A-Za-z_-]{1,80}):([\w.-]{1,120}(?:@[\w.:-]{1,253})?)")


def answer_terms(status_id: str, visibility: str, acct: str) -> ReplyTerms:
    """Return the terms; an answer is never seen more widely than what it answers (contract section 8)."""
    private = f"direct:{status_id}:{acct}"
    if visibility not in {"public", "unlisted"}:
        return ReplyTerms(public_refusal=PRIVATE_ONLY, private_target=private)
    return ReplyTerms(public_target=f"{visibility}:{status_id}:{acct}", private_target=private)


def split_target(target: str) -> tuple[str, str, str]:
    """Return (visibility, id of the answered status, name). Raises NotPermitted."""
    found = TARGET.fullmatch(target)
    if not found:
        raise NotPermitted("The message has no address to answer to.", code="target")
    return found[1], found[2], found[3]
