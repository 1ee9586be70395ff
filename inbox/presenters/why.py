"""Why a conversation has its urgency: the rules that counted, their weights, and what would change it."""

from dataclasses import dataclass
from typing import Any

from inbox.enums import Urgency
from inbox.models import Conversation, Grading, Message
from inbox.presenters.rows import tone_of
from triage.live import pack
from triage.rules.model import RuleError
from triage.verdict import Level

QUIET_RULES = {"base"}
SHOWN = 3


@dataclass(frozen=True)
class Cause:
    """One reason, as shown: the words that it went by, the rule, and its points."""

    quote: str
    title: str
    points: str
    rule: str
    modifier: str


@dataclass(frozen=True)
class Why:
    """The box above the thread. `graded` says that a person set the urgency, and why."""

    tone: str
    lead: str
    causes: list[Cause]
    more: int
    every: list[Cause]
    score: str
    version: str
    change: str
    graded: str
    message_id: int | None


def explain(conversation: Conversation, messages: list[Message], grading: Grading | None) -> Why:
    """Return the box for a conversation: the message that weighs most speaks."""
    heaviest = max(messages, key=lambda one: (one.level, one.score, one.pk), default=None)
    verdict: dict[str, Any] = heaviest.verdict if heaviest else {}
    every = [present_cause(reason) for reason in verdict.get("reasons", ())]
    telling = [cause for cause in every if cause.rule not in QUIET_RULES]
    if conversation.urgency >= Urgency.URGENT or conversation.unjudged:
        telling = [cause for cause in telling if float(cause.points) > 0]
    return Why(
        tone=tone_of(conversation),
        lead=write_lead(conversation),
        causes=telling[:SHOWN],
        more=max(0, len(telling) - SHOWN),
        every=every,
        score=write_points(verdict.get("score", 0)).lstrip("+"),
        version=str(verdict.get("version", "")),
        change=explain_change(verdict),
        graded=write_grading(conversation, grading),
        message_id=heaviest.pk if heaviest else None,
    )


def write_lead(conversation: Conversation) -> str:
    """Return the first words of the box."""
    if conversation.unjudged:
        return "Not judged: the rules could not read this whole. Read it and set its urgency."
    return f"Why {Urgency(conversation.urgency).label.lower()}:"


def present_cause(reason: dict[str, Any]) -> Cause:
    """Return a stored reason as shown."""
    return Cause(
        quote=str(reason.get("quote") or ""),
        title=str(reason.get("title") or reason.get("rule") or ""),
        points=write_points(reason.get("weight", 0)),
        rule=str(reason.get("rule") or ""),
        modifier=str(reason.get("modifier") or ""),
    )


def write_points(weight: float) -> str:
    """Return points with their sign and no needless noughts."""
    return f"{weight:+g}"


def explain_change(verdict: dict[str, Any]) -> str:
    """Return what would take the message to the next level up, and below its own."""
    if not verdict:
        return ""
    try:
        bands = pack().bands
    except RuleError:  # rules that cannot be used stop the judging loudly; reading a conversation goes on
        return ""
    level, score = Level.of(verdict["level"]), float(verdict["score"])
    parts = []
    if level < Level.CRITICAL:
        above = Level(level + 1)
        parts.append(f"{bands.start(above) - score:g} more points would make it {above.word}")
    if level > Level.ROUTINE:
        parts.append(f"it would be less than {level.word} below {bands.start(level):g} points")
    if verdict.get("floor"):
        parts.append(f"one rule alone insists on at least {verdict['floor']}, which only a person may lower")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def write_grading(conversation: Conversation, grading: Grading | None) -> str:
    """Return who set the urgency by hand, when somebody did."""
    if grading is None or conversation.graded_by_id is None:
        return ""
    before, after = Urgency(grading.before).label.lower(), Urgency(grading.after).label.lower()
    return f"{grading.author.name} changed it from {before} to {after}: {grading.reason}"
