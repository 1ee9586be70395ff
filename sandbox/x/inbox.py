"""Reading direct messages of X (contract sections 1.3 and 1.4)."""

from datetime import timedelta
from typing import Any

from sandbox.serving.call import Answer, Call, Refused
from sandbox.x import asked, errors
from sandbox.x.asked import Wanted
from sandbox.x.expansions import Expansions
from sandbox.x.messages import conversation_of
from sandbox.x.people import XTown
from sandbox.x.schema import Message
from sandbox.x.shapes import Shapes

_REACH = timedelta(days=30)


class Inbox:
    """Handlers of the GET endpoints for direct messages."""

    def __init__(self, town: XTown) -> None:
        self._town = town
        self._shapes = Shapes(town)
        self._expansions = Expansions(town, self._shapes)

    def events(self, call: Call) -> Answer:
        """All direct messages of the account, 30 days back; there is no since_id here."""
        return self._events(call, None)

    def events_with(self, call: Call) -> Answer:
        """The messages of the account with one other user."""
        other = asked.identity(call, "participant_id")
        return self._events(call, conversation_of(int(asked.caller(call).id), other))

    def events_of(self, call: Call) -> Answer:
        """The messages of one conversation that the account takes part in."""
        conversation = call.path["id"]
        account = asked.caller(call)
        in_group = self._town.messages.group_member(conversation, int(account.id)) is not None
        if account.id not in conversation.split("-") and not in_group:
            raise Refused(errors.problem(404, f"Could not find conversation [{conversation[:60]}]."))
        return self._events(call, conversation)

    def _events(self, call: Call, conversation: str | None) -> Answer:
        asked.known_only(call, "max_results", "pagination_token", "event_types")
        limit = asked.count(call, 1, 100, 100)
        below = asked.page_end(call, "pagination_token")
        oldest = self._town.clock.now() - _REACH
        if conversation is None:
            account = int(asked.caller(call).id)
            found = self._town.messages.of_account(account, below, oldest, limit + 1)
        else:
            found = self._town.messages.of_conversation(conversation, below, oldest, limit + 1)
        kinds = call.query.get("event_types", "MessageCreate").split(",")
        return self._messages_page(found if "MessageCreate" in kinds else [], limit, asked.wanted(call))

    def _messages_page(self, found: list[Message], limit: int, wanted: Wanted) -> Answer:
        shown = found[:limit]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if len(found) > limit:
            meta["next_token"] = asked.page_token(shown[-1].id)
        body: dict[str, Any] = {"meta": meta}
        if shown:
            body["data"] = [self._shapes.message(message, wanted) for message in shown]
            body.update(self._expansions.of_messages(shown, wanted))
        return Answer(body=body, note={"ids": [str(message.id) for message in shown]})
