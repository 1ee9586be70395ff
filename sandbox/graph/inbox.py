"""Reading Messenger: conversations and their messages (contract section 3)."""

from typing import Any

from sandbox.accounts import FACEBOOK
from sandbox.graph.asked import Fields, answer, edge_of, fields_of, ids_of
from sandbox.graph.errors import gone, refuse
from sandbox.graph.fields import Field
from sandbox.graph.making import EdgeMaker
from sandbox.graph.paging import Edge, cursor_of, read_cursor
from sandbox.graph.people import FacebookTown
from sandbox.graph.schema import Conversation, Message
from sandbox.graph.talks import Talks
from sandbox.ids import milliseconds
from sandbox.serving.call import Answer, Call

_DETAILED = 20
"""Only so many newest messages of a conversation show more than id and time (contract section 3)."""


class Inbox:
    """Handlers of GET for conversations and messages."""

    def __init__(self, town: FacebookTown, edges: EdgeMaker) -> None:
        self._town = town
        self._talks = Talks(town, edges)

    def conversations(self, call: Call) -> Answer:
        """Conversations of a page, the latest moved first."""
        body = self._conversations(edge_of(call, "conversations"), fields_of(call))
        return answer(body, ids_of(body))

    def messages(self, call: Call) -> Answer:
        """Messages of a conversation, newest first."""
        body = self._messages(edge_of(call, "messages"), fields_of(call))
        return answer(body, ids_of(body))

    def shape(self, identity: str, fields: Fields) -> dict[str, Any]:
        """A conversation (`t_…`) or a message (`m_…`). Refused (100/33): there is none."""
        if identity.startswith("t_"):
            return self._talks.conversation(self._conversation(identity), fields)
        return self._message(identity, fields)

    def nested(self, edge: Edge, field: Field) -> dict[str, Any]:
        """Messages of a conversation or conversations of a page, asked for like a field."""
        if field.name == "messages":
            return self._messages(edge, field.inner)
        return self._conversations(edge, field.inner)

    def _conversations(self, edge: Edge, fields: Fields) -> dict[str, Any]:
        limit = edge.limit()
        if self._town.accounts.get(FACEBOOK, edge.owner) is None:
            raise gone(edge.owner)
        after = edge.query.get("after")
        beyond = None if not after else _pair(read_cursor(after, "after"))
        who = edge.query.get("user_id", "")
        user_id = int(who) if who.isdecimal() else None
        found = self._town.messages.conversations(edge.owner, beyond, limit + 1, user_id)
        return edge.page(
            found[:limit],
            len(found) > limit,
            lambda talk: cursor_of(milliseconds(talk.updated_at), talk.number),
            lambda talk: self._talks.conversation(talk, fields),
        )

    def _messages(self, edge: Edge, fields: Fields) -> dict[str, Any]:
        talk, part = self._conversation(edge.owner), edge.part()
        found = self._town.messages.of(talk.number, part.after, part.limit)
        newest = {message.id for message in self._town.messages.of(talk.number, limit=_DETAILED)}
        return edge.page(
            found[: part.limit - 1],
            len(found) >= part.limit,
            lambda message: cursor_of(message.number),
            lambda message: self._talks.message(message, talk, fields if message.id in newest else None),
        )

    def _message(self, identity: str, fields: Fields) -> dict[str, Any]:
        message: Message | None = self._town.messages.get(identity)
        if message is None:
            raise gone(identity)
        if self._town.messages.rank(message) >= _DETAILED:
            raise refuse(
                100, f"The message with ID '{identity}' has been deleted or is too old to be read.", 33
            )
        return self._talks.message(message, self._conversation(f"t_{message.conversation}"), fields)

    def _conversation(self, identity: str) -> Conversation:
        found = self._town.messages.conversation(identity)
        if found is None:
            raise gone(identity)
        return found


def _pair(numbers: tuple[int, ...]) -> tuple[int, int]:
    if len(numbers) != 2:
        raise refuse(100, "(#100) Invalid parameter: the cursor is not valid")
    return numbers[0], numbers[1]
