"""Entries of the trail as sentences."""

import json
from typing import Any

from audit.models import Entry

# With a capital the sentence stands alone; without, it follows the member's name.
SENTENCES = {
    "act.asked": "asked the channel: {what}",
    "act.done": "The channel did it: {what}",
    "act.failed": "The channel did not do it: {what}",
    "conversation.claimed": "claimed it",
    "conversation.released": "let go of it",
    "conversation.taken_over": "took it over{from_whom}",
    "conversation.assigned": "gave it to {to}",
    "conversation.claim_ran_out": "The claim ran out; nobody holds it now",
    "conversation.escalated": "escalated it to {team}",
    "conversation.resolved": "resolved it: {outcome}",
    "conversation.reopened": "opened it again",
    "conversation.tagged": "changed the tags",
    "conversation.alarm_heard": "heard the alarm",
    "escalation.acknowledged": "{team} acknowledged the escalation",
    "escalation.withdrawn": "withdrew the escalation to {team}",
    "message.newcomer": "Somebody who was not in the conversation wrote into it",
    "messages.collected": "Collected from the channel",
    "note.added": "left a note",
    "reply.queued": "wrote a {visibility} reply",
    "reply.sent": "The reply was sent",
    "reply.sent_again": "sent a reply again",
    "reply.failed": "The reply was not sent",
    "reply.unknown": "Nobody knows whether the reply was sent",
    "reply.taken_back": "took a reply back before it left",
    "urgency.changed": "changed the urgency",
    "urgency.raised": "Triage raised the urgency",
}


class Facts(dict[str, Any]):
    """An entry's details; what an entry does not say reads as three dots."""

    def __missing__(self, name: str) -> str:
        return "…"


def describe_entry(entry: Entry) -> str:
    """Return an entry as a short sentence."""
    return describe_deed(entry.verb, entry.actor_name, json.loads(entry.details))


def describe_deed(verb: str, actor: str, details: dict[str, Any]) -> str:
    """Return a deed as a short sentence; an unknown verb is said plainly."""
    pattern = SENTENCES.get(verb) or verb.replace(".", " ").replace("_", " ")
    before = details.get("held_before_by")
    facts = Facts({name: str(value).replace("_", " ") for name, value in details.items()})
    facts["from_whom"] = f" from {before}" if before else ""
    sentence = pattern.format_map(facts) if verb in SENTENCES else pattern
    alone = sentence[:1].isupper() or pattern.startswith("{")
    return sentence if alone else f"{actor} {sentence}"
