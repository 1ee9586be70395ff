"""What another version of a known message changes."""

from datetime import datetime

from inbox.enums import Direction
from inbox.models import Message
from inbox.services.ingest.arrival import Arrival, describe_terms
from inbox.services.ingest.judge import Judgement


def apply(message: Message, judgement: Judgement) -> None:
    """Write the verdict into the message."""
    message.level, message.score = judgement.level, judgement.score
    message.verdict = judgement.verdict


def differs(message: Message, arrival: Arrival) -> bool:
    """Say whether the arrival says anything of the message that its row does not."""
    item = arrival.item
    if item.deleted:
        return message.deleted_at is None
    if message.direction == Direction.OUT:
        # The channel writes our own words its own way, such as with short addresses.
        return False
    return message.unreadable or (item.text, item.subject) != (message.text, message.subject)


def acts_differ(message: Message, arrival: Arrival) -> bool:
    """Say whether the channel shows it as hidden or liked otherwise than its row knows."""
    now = [(one.kind, one.done, one.refusal) for one in arrival.item.acts]
    known = [(one.get("kind"), one.get("done"), one.get("refusal")) for one in message.terms.get("acts", ())]
    return now != known


def rewrite_acts(message: Message, arrival: Arrival, now: datetime) -> None:
    """Take over what the channel shows of it; older presses of ours say no more how things stand."""
    fresh = describe_terms(arrival.item, now)
    message.terms = {**message.terms, "acts": fresh.get("acts", []), "acts_at": now.isoformat()}


def is_older(message: Message, arrival: Arrival) -> bool:
    """Say whether this is the version before an edit that we have already: kept as what it said before."""
    edited = message.terms.get("edited")
    if not edited or arrival.item.current:
        return False
    return not arrival.item.edited or arrival.item.written_at < datetime.fromisoformat(edited)


def rewrite(message: Message, arrival: Arrival, now: datetime) -> None:
    """Let the message say what the newer version says."""
    item = arrival.item
    message.text, message.subject, message.quoted = item.text, item.subject, item.quoted
    message.html, message.url, message.altered = item.html, item.url, arrival.altered
    message.form = [list(pair) for pair in item.form]
    message.terms = describe_terms(item, now)
