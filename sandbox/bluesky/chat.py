"""The chat of Bluesky, which is reached through the account's own server by a header."""

from typing import Any

from sandbox.bluesky.door import Refused, caller
from sandbox.bluesky.people import BlueskyTown
from sandbox.bluesky.reads import below, number, token
from sandbox.bluesky.schema import Talk
from sandbox.bluesky.shapes import Shapes
from sandbox.bluesky.writes import measure
from sandbox.serving.call import Answer, Call

MOST_EVENTS = 100


class Chat:
    """Handlers of chat.bsky.convo."""

    def __init__(self, town: BlueskyTown) -> None:
        self._town = town
        self._shapes = Shapes(town)

    def log(self, call: Call) -> Answer:
        """What happened after a revision, in order; the cursor is the last revision told."""
        cursor = call.query.get("cursor", "")
        events = self._town.talks.events(caller(call).id, cursor, MOST_EVENTS)
        shown = [self._shapes.event(*event) for event in events]
        note = {"ids": [event[3] for event in events if event[3]]}
        return Answer(body={"cursor": events[-1][0] if events else cursor, "logs": shown}, note=note)

    def talks(self, call: Call) -> Answer:
        limit, start = number(call, 100, 50), below(call)
        found = self._town.talks.of_account(caller(call).id)
        first = 0 if start > len(found) else start
        body: dict[str, Any] = {"convos": [self._shapes.talk(one) for one in found[first : first + limit]]}
        if len(found) > first + limit:
            body["cursor"] = token(first + limit)
        return Answer(body=body)

    def talk(self, call: Call) -> Answer:
        return Answer(body={"convo": self._shapes.talk(self._mine(call, call.query.get("convoId")))})

    def talk_with(self, call: Call) -> Answer:
        """The conversation with somebody, begun if need be; names say why not."""
        account = caller(call)
        members = [value for name, value in call.pairs if name == "members" and value != account.id]
        try:
            other = self._town.user(members[0])
        except (IndexError, LookupError):
            raise Refused("RecipientNotFound") from None
        if self._town.is_closed(other.did):
            raise Refused("MessagesDisabled", "recipient has disabled incoming messages")
        return Answer(
            body={"convo": self._shapes.talk(self._town.talks.of_pair(account.id, other.did, "accepted"))}
        )

    def messages(self, call: Call) -> Answer:
        limit = number(call, 100, 50)
        talk = self._mine(call, call.query.get("convoId"))
        found = self._town.talks.messages(talk.id, below(call), limit + 1)
        body: dict[str, Any] = {"messages": [self._shapes.message(one) for one in found[:limit]]}
        if len(found) > limit:
            body["cursor"] = token(found[limit - 1].number)
        return Answer(body=body, note={"ids": [one.id for one in found[:limit]]})

    def accept(self, call: Call) -> Answer:
        talk = self._mine(call, call.form.get("convoId"))
        accepted = self._town.talks.accept(talk)
        rev = self._town.talks.rev_of(talk.id)
        return Answer(body={"rev": rev} if accepted else {}, note={"what": "accept", "id": talk.id})

    def send(self, call: Call) -> Answer:
        talk = self._mine(call, call.form.get("convoId"))
        given = call.form.get("message")
        message: dict[str, Any] = given if isinstance(given, dict) else {}
        text = message.get("text")
        if not isinstance(text, str) or not text:
            raise Refused("InvalidRequest", "Input/message/text is required")
        measure(text, 1_000, 10_000, "Input/message/text")
        if self._town.is_closed(talk.other):
            raise Refused("MessagesDisabled", "recipient has disabled incoming messages")
        facets = message.get("facets") or []
        said = self._town.talks.say(talk, caller(call).id, text, facets, self._town.clock.now())
        note = {"what": "message", "id": said.id, "to": talk.other, "text": text}
        return Answer(body=self._shapes.message(said), note=note)

    def _mine(self, call: Call, identity: Any) -> Talk:
        found = self._town.talks.get(str(identity))
        if found is None or found.account != caller(call).id:
            raise Refused("InvalidConvo", "Convo not found")
        return found
