"""Objects of the Graph API as JSON: the fields asked for, the default ones otherwise, nothing else."""

from typing import Any

from sandbox.accounts import Account
from sandbox.graph import pictures
from sandbox.graph.fields import Field
from sandbox.graph.making import EdgeMaker, Makers, edge_makers, inner_of, pick, when
from sandbox.graph.people import FacebookTown
from sandbox.graph.schema import Thing

_POST = ("created_time", "message", "id")
_COMMENT = ("created_time", "from", "message", "id")
_PAGE = ("name", "id")
_PERSON = ("first_name", "last_name", "id")


class Nodes:
    """Makes values; `edges` makes the edges that can be asked for like fields."""

    def __init__(self, town: FacebookTown, edges: EdgeMaker) -> None:
        self._town, self._edges = town, edges

    def thing(self, thing: Thing, fields: tuple[Field, ...] | None) -> dict[str, Any]:
        if thing.kind == "post":
            return pick("Post", self._post(thing), fields, _POST)
        return pick("Comment", self._comment(thing), fields, _COMMENT)

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
            **edge_makers(self._edges, account.id, "feed", "posts", "conversations"),
        }
        return pick("Page", makers, fields, _PAGE)

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
        return pick("User", makers, fields, _PERSON)

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
            "to": lambda _f: None if by_page else {"data": [self._town.who(post.page_id)]},
            "tagged_time": lambda _f: when(post.created_at),
            **edge_makers(self._edges, post.id, "comments", "likes", "reactions"),
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
            "user_likes": lambda _f: self._town.things.liked_by(comment.id, comment.page_id),
            "permalink_url": lambda _f: _comment_link(comment),
            **edge_makers(self._edges, comment.id, "comments", "likes", "reactions"),
        }

    def _common(self, thing: Thing) -> Makers:
        return {
            "id": lambda _f: thing.id,
            "created_time": lambda _f: when(thing.created_at),
            "from": lambda f: inner_of(self._town.who(thing.from_id), f),
            "is_hidden": lambda _f: thing.hidden,
            "message_tags": lambda _f: None,
        }

    def _parent(self, comment: Thing) -> dict[str, Any] | None:
        parent = None if comment.parent_id is None else self._town.things.get(comment.parent_id)
        if parent is None:
            return None
        made = {"created_time": when(parent.created_at), "message": parent.message, "id": parent.id}
        return {**made, "from": self._town.who(parent.from_id)}

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
        return {"data": [inner_of(one, field) for one in made]}

    def _picture(self, post: Thing) -> str | None:
        for item in self._town.media.items(list(post.media))[:1]:
            return pictures.signed(self._town.media.base, item, self._town.clock.now())
        return None

    def _may_write_privately(self, comment: Thing) -> bool:
        return comment.from_id != comment.page_id and self._town.messages.private_reply_to(comment.id) is None

    def _private(self, comment: Thing) -> dict[str, str] | None:
        found = self._town.messages.private_reply_to(comment.id)
        return None if found is None else {"id": f"t_{found.conversation}"}


def _comment_link(comment: Thing) -> str:
    post = comment.post_id.partition("_")[2]
    number = comment.id.partition("_")[2]
    address = f"https://www.facebook.com/{comment.page_id}/posts/{post}/?comment_id="
    if comment.parent_id is None:
        return address + number
    return address + comment.parent_id.partition("_")[2] + f"&reply_comment_id={number}"
