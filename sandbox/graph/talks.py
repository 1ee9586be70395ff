"""Conversations and messages of Messenger as JSON (contract section 3)."""

from typing import Any

from sandbox.graph import pictures
from sandbox.graph.fields import Field
from sandbox.graph.making import EdgeMaker, Makers, edge_makers, pick, when
from sandbox.graph.people import FacebookTown
from sandbox.graph.schema import Conversation, Message

_CONVERSATION = ("id", "updated_time", "link")
_MESSAGE = ("id", "created_time")


class Talks:
    """Makes values, as `nodes.Nodes` does for the public side."""

    def __init__(self, town: FacebookTown, edges: EdgeMaker) -> None:
        self._town, self._edges = town, edges

    def conversation(self, talk: Conversation, fields: tuple[Field, ...] | None) -> dict[str, Any]:
        messages = self._town.messages
        makers: Makers = {
            "id": lambda _f: talk.id,
            "updated_time": lambda _f: when(talk.updated_at),
            "link": lambda _f: f"/{talk.page_id}/inbox/{talk.number}/",
            "message_count": lambda _f: messages.count(talk.number),
            "unread_count": lambda _f: messages.unanswered(talk.number),
            "snippet": lambda _f: next((m.text[:60] for m in messages.of(talk.number, limit=1)), ""),
            "can_reply": lambda _f: messages.last_incoming(talk.number) is not None,
            "participants": lambda _f: {
                "data": [self._mailbox(str(talk.user_id)), self._mailbox(talk.page_id)]
            },
            "senders": lambda _f: {"data": [self._mailbox(str(talk.user_id)), self._mailbox(talk.page_id)]},
            **edge_makers(self._edges, talk.id, "messages"),
        }
        return pick("UnifiedThread", makers, fields, _CONVERSATION)

    def message(
        self, message: Message, talk: Conversation, fields: tuple[Field, ...] | None
    ) -> dict[str, Any]:
        ends = [str(talk.user_id), talk.page_id]
        sender, receiver = reversed(ends) if message.from_page else ends
        makers: Makers = {
            "id": lambda _f: message.id,
            "created_time": lambda _f: when(message.created_at),
            "from": lambda _f: self._mailbox(sender),
            "to": lambda _f: {"data": [self._mailbox(receiver)]},
            "message": lambda _f: message.text,
            "tags": lambda _f: {"data": [{"name": "inbox"}, {"name": "source:mobile"}]},
            "attachments": lambda _f: self._message_attachments(message),
            "shares": lambda _f: None,
            "sticker": lambda _f: None,
            "thread_id": lambda _f: talk.id,
        }
        return pick("Message", makers, fields, _MESSAGE)

    def _mailbox(self, identity: str) -> dict[str, str]:
        return {**self._town.who(identity), "email": f"{identity}@facebook.com"}

    def _message_attachments(self, message: Message) -> dict[str, Any] | None:
        items = self._town.media.items(list(message.media))
        now, base = self._town.clock.now(), self._town.media.base
        return {"data": [pictures.message_attachment(base, item, now) for item in items]} if items else None
