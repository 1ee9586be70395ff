"""The Send API: messages to people, within its windows, and private replies (contract sections 2.5 and 3)."""

import json
from datetime import timedelta
from typing import Any

from sandbox.accounts import Account
from sandbox.graph.errors import JSON, RETIRED_TAGS, gone, refuse
from sandbox.graph.messages import Messages
from sandbox.graph.people import FacebookTown, Note
from sandbox.graph.schema import Message, Person, Thing
from sandbox.serving.call import Answer, Call

_FREE, _HUMAN = timedelta(hours=24), timedelta(days=7)
_PRIVATE_REPLY = timedelta(days=7)
_LONGEST = 2_000
_TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG")


class Sending:
    """Handler of POST /{page}/messages."""

    def __init__(self, town: FacebookTown) -> None:
        self._town = town
        self._messages: Messages = town.messages

    def send(self, call: Call) -> Answer:
        """One text or one attachment to one person, or privately to the writer of a comment."""
        page = _page(call)
        recipient = _object(call, "recipient")
        text, metadata, media = self._said(call)
        about = recipient.get("comment_id") or recipient.get("post_id")
        if about is not None:
            person, thing = self._commenter(page, str(about))
        else:
            person, thing = self._person(recipient.get("id")), None
            self._check_window(page, person, call)
        note = Note(
            page_id=page.id,
            user_id=person.id,
            text=text,
            from_page=True,
            media=media,
            about_id=None if thing is None else thing.id,
            metadata=metadata,
        )
        return _sent(person, thing, self._town.write(note))

    def _said(self, call: Call) -> tuple[str, str | None, tuple[int, ...]]:
        """(text, metadata, pictures) of the message."""
        message = _object(call, "message")
        text = message.get("text", "")
        uploaded = call.files.get("filedata")
        media = () if uploaded is None else (self._town.media.keep(uploaded).id,)
        if not isinstance(text, str) or len(text) > _LONGEST:
            raise refuse(
                100, f"(#100) Length of param message[text] must be less than or equal to {_LONGEST}"
            )
        if not text and not media:
            raise refuse(100, "(#100) Message cannot be empty, must provide valid attachment or text")
        if text and media:
            raise refuse(100, "(#100) A message is one text or one attachment")
        metadata = message.get("metadata")
        return text, None if metadata is None else str(metadata), media

    def _check_window(self, page: Account, person: Person, call: Call) -> None:
        """24 hours after the person last wrote; seven days for a human agent, by the world's clock."""
        kind = str(call.value("messaging_type") or "RESPONSE")
        tag = call.value("tag")
        if kind not in _TYPES:
            raise refuse(100, f"(#100) Param messaging_type must be one of {', '.join(_TYPES)}")
        if tag in RETIRED_TAGS:
            raise refuse(100, f"(#100) The tag {tag} is no longer supported")
        if kind == "MESSAGE_TAG" and tag != "HUMAN_AGENT":
            raise refuse(100, "(#100) Param tag must be HUMAN_AGENT")
        talk = self._messages.find(page.id, person.id)
        last = None if talk is None else self._messages.last_incoming(talk.number)
        allowed = _HUMAN if kind == "MESSAGE_TAG" else _FREE
        if last is None or self._town.clock.now() - last > allowed:
            raise refuse(
                10,
                "(#10) This message is sent outside of allowed window. Learn more about the new policy here:"
                " https://developers.facebook.com/docs/messenger-platform/policy-overview",
                2018278,
            )

    def _person(self, identity: Any) -> Person:
        found = self._town.person(str(identity))
        if found is None:
            raise refuse(100, "(#100) No matching user found", 2018001)
        return found

    def _commenter(self, page: Account, identity: str) -> tuple[Person, Thing]:
        """Who gets a private reply: once for each comment, within seven days, never a page."""
        thing = self._town.things.get(identity)
        if thing is None or thing.gone or thing.page_id != page.id:
            raise gone(identity)
        if thing.from_id == page.id:
            raise refuse(100, "(#100) A private reply cannot go to a page")
        if self._messages.private_reply_to(thing.id) is not None:
            raise refuse(10900, "(#10900) Activity already replied to")
        if self._town.clock.now() - thing.created_at > _PRIVATE_REPLY:
            raise refuse(10, "(#10) This message is sent outside of allowed window.", 2018278)
        return self._person(thing.from_id), thing


def _sent(person: Person, thing: Thing | None, kept: Message) -> Answer:
    note = {
        "what": "message" if thing is None else "private_reply",
        "id": kept.id,
        "to": str(person.id),
        "in_reply_to": None if thing is None else thing.id,
        "text": kept.text,
        "metadata": kept.metadata,
    }
    body = {"recipient_id": str(person.id), "message_id": kept.id}
    return Answer(body=body, media_type=JSON, note=note)


def _object(call: Call, name: str) -> dict[str, Any]:
    """A parameter that is a JSON object. Refused (100): the plain words that some clients make of one."""
    value = call.value(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, dict):
        raise refuse(100, f"(#100) Param {name} must be a JSON object")
    return value


def _page(call: Call) -> Account:
    if call.account is None or call.path["owner"] not in ("me", call.account.id):
        raise refuse(200, "(#200) This needs the token of the page that sends", status=403)
    return call.account
