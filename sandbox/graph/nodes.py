"""Objects of the Graph API as JSON: the fields asked for, the default ones otherwise, nothing else."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.accounts import FACEBOOK, Account
from sandbox.graph import pictures
from sandbox.graph.errors import refuse
from sandbox.graph.fields import Field
from sandbox.graph.people import FacebookTown
from sandbox.graph.schema import Conversation, Message, Thing

Maker = Callable[[Field], Any]
Makers = dict[str, Maker]
EdgeMaker = Callable[[str, Field], Any]
"""(id of the owner, field) → the value of an edge asked for as a field."""

_POST = ("created_time", "message", "id")
_COMMENT = ("created_time", "from", "message", "id")
_PAGE = ("name", "id")
_PERSON = ("first_name", "last_name", "id")
_CONVERSATION = ("id", "updated_time", "link")
_MESSAGE = ("id", "created_time")


def when(at: datetime) -> str:
    """Facebook's time: no colon in the offset (contract section 2.4)."""
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


class Nodes:
    """Makes values; `edges` makes the edges that can be asked for like fields."""

    def __init__(self, town: FacebookTown, edges: EdgeMaker) -> None:
        self._town, self._edges = town, edges

    def thing(self, thing: Thing, fields: tuple[Field, ...] | None) -> dict[str, Any]:
        if thing.kind == "post":
            return _pick("Post", self._post(thing), fields, _POST)
        return _pick("Comment", self._comment(thing), fields, _COMMENT)

    def page(self, account: Account, fields: tuple[Field, ...] | None) -> dict[str, Any]:
        makers: Makers = {
            "id": lambda _f: account.id,
            "name": lambda _f: account.name,
            "username": lambda _f: account.handle,
            "category": lambda _f: "Police station",
            "link": lambda _f: f"https://www.facebook.com/{account.handle}",
            "about": lambda _f: "Not for emergencies: ring 999.",
            "fan_count": lambda _f: 48_211,
            "followers_count": lambda _f: 51_870,
            "is_published": lambda _f: True,
            "access_token": lambda _f: account.credentials["page_token"],
            "tasks": lambda _f: ["MODERATE", "MESSAGING", "CREATE_CONTENT"],
            **self._edge_makers(account.id, "feed", "posts", "conversations"),
        }
        return _pick("Page", makers, fields, _PAGE)

    def person(self, identity: str, fields: tuple[Field, ...] | None) -> dict[str, Any]:
        """A person known to the page, by the page's own number for them."""
        name = self._town.name_of(identity)
        first, _, last = name.partition(" ")
        makers: Makers = {
            "id": lambda _f: identity,
            "name": lambda _f: name,
            "first_name": lambda _f: first,
            "last_name": lambda _f: last,
            "profile_pic": lambda _f: f"{self._town.media.base}/media/people/{identity}_normal.png",
        }
        return _pick("User", makers, fields, _PERSON)

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
            **self._edge_makers(talk.id, "messages"),
        }
        return _pick("UnifiedThread", makers, fields, _CONVERSATION)

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
        return _pick("Message", makers, fields, _MESSAGE)

    def _post(self, post: Thing) -> Makers:
        by_page = post.from_id == post.page_id
        number = post.id.partition("_")[2]
        return {
            **self._common(post),
            "message": lambda _f: post.message or None,
            "story": lambda _f: None,
            "updated_time": lambda _f: when(post.updated_at),
            "permalink_url": lambda _f: f"https://www.facebook.com/{post.page_id}/posts/{number}",
            "status_type": lambda _f: "mobile_status_update" if by_page else "wall_post",
            "is_published": lambda _f: True,
            "is_expired": lambda _f: False,
            "attachments": lambda f: self._post_attachments(post, f),
            "full_picture": lambda _f: self._picture(post),
            "shares": lambda _f: None,
            "place": lambda _f: None,
            "to": lambda _f: None if by_page else {"data": [self._who(post.page_id)]},
            "tagged_time": lambda _f: when(post.created_at),
            **self._edge_makers(post.id, "comments", "likes", "reactions"),
        }

    def _comment(self, comment: Thing) -> Makers:
        by_page = comment.from_id == comment.page_id
        return {
            **self._common(comment),
            "message": lambda _f: comment.message,
            "parent": lambda _f: self._parent(comment),
            "object": lambda _f: {"id": comment.post_id, "created_time": when(comment.created_at)},
            "attachment": lambda _f: self._attachment(comment),
            "is_private": lambda _f: False,
            "can_hide": lambda _f: not by_page,
            "can_remove": lambda _f: True,
            "can_comment": lambda _f: True,
            "can_like": lambda _f: True,
            "can_reply_privately": lambda _f: self._may_write_privately(comment),
            "private_reply_conversation": lambda _f: self._private(comment),
            "comment_count": lambda _f: self._town.things.count_replies(comment.id),
            "like_count": lambda _f: self._town.things.likes(comment.id),
            "user_likes": lambda _f: False,
            "permalink_url": lambda _f: _comment_link(comment),
            **self._edge_makers(comment.id, "comments", "likes", "reactions"),
        }

    def _common(self, thing: Thing) -> Makers:
        return {
            "id": lambda _f: thing.id,
            "created_time": lambda _f: when(thing.created_at),
            "from": lambda f: _inner(self._who(thing.from_id), f),
            "is_hidden": lambda _f: thing.hidden,
            "message_tags": lambda _f: None,
        }

    def _edge_makers(self, owner: str, *names: str) -> Makers:
        def maker(field: Field) -> Any:
            return self._edges(owner, field)

        return dict.fromkeys(names, maker)

    def _who(self, identity: str) -> dict[str, str]:
        return {"name": self._town.name_of(identity), "id": identity}

    def _mailbox(self, identity: str) -> dict[str, str]:
        return {**self._who(identity), "email": f"{identity}@facebook.com"}

    def _parent(self, comment: Thing) -> dict[str, Any] | None:
        parent = None if comment.parent_id is None else self._town.things.get(comment.parent_id)
        if parent is None:
            return None
        made = {"created_time": when(parent.created_at), "message": parent.message, "id": parent.id}
        return {**made, "from": self._who(parent.from_id)}

    def _attachment(self, comment: Thing) -> dict[str, Any] | None:
        for item in self._town.media.items(list(comment.media))[:1]:
            return pictures.comment_attachment(self._town.media.base, item, self._town.clock.now())
        return None

    def _post_attachments(self, post: Thing, field: Field) -> dict[str, Any] | None:
        items = self._town.media.items(list(post.media))
        if not items:
            return None
        now, base = self._town.clock.now(), self._town.media.base
        made = [pictures.post_attachment(base, item, now) for item in items]
        if len(made) > 1:
            made = [{**made[0], "subattachments": {"data": made}}]
        return {"data": [_inner(one, field) for one in made]}

    def _message_attachments(self, message: Message) -> dict[str, Any] | None:
        items = self._town.media.items(list(message.media))
        now, base = self._town.clock.now(), self._town.media.base
        return {"data": [pictures.message_attachment(base, item, now) for item in items]} if items else None

    def _picture(self, post: Thing) -> str | None:
        for item in self._town.media.items(list(post.media))[:1]:
            return pictures.signed(self._town.media.base, item, self._town.clock.now())
        return None

    def _may_write_privately(self, comment: Thing) -> bool:
        return comment.from_id != comment.page_id and self._town.messages.private_reply_to(comment.id) is None

    def _private(self, comment: Thing) -> dict[str, str] | None:
        found = self._town.messages.private_reply_to(comment.id)
        return None if found is None else {"id": f"t_{found.conversation}"}


def _pick(
    kind: str, makers: Makers, fields: tuple[Field, ...] | None, default: tuple[str, ...]
) -> dict[str, Any]:
    """The wanted fields that have a value; the id is always there. Refused (100): a field that is not."""
    asked = fields if fields is not None else tuple(Field(name) for name in default)
    shape: dict[str, Any] = {}
    for field in asked:
        if field.name not in makers:
            raise refuse(
                100, f"(#100) Tried accessing nonexisting field ({field.name}) on node type ({kind})"
            )
        value = makers[field.name](field)
        if value is not None:
            shape[field.name] = value
    shape.setdefault("id", makers["id"](Field("id")))
    return shape


def _inner(value: dict[str, Any], field: Field) -> dict[str, Any]:
    """The members asked for of a plain value."""
    if field.inner is None:
        return value
    names = {inner.name for inner in field.inner}
    return {name: member for name, member in value.items() if name in names}


def _comment_link(comment: Thing) -> str:
    post = comment.post_id.partition("_")[2]
    number = comment.id.partition("_")[2]
    address = f"https://www.facebook.com/{comment.page_id}/posts/{post}/?comment_id="
    if comment.parent_id is None:
        return address + number
    return address + comment.parent_id.partition("_")[2] + f"&reply_comment_id={number}"


__all__ = ["FACEBOOK", "Nodes", "when"]
