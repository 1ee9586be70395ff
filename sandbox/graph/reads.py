"""Reading from the Graph API: objects, feeds, comments, conversations (contract sections 2.3 and 3)."""

from collections.abc import Callable
from typing import Any

from sandbox.accounts import FACEBOOK, Account
from sandbox.graph import fields as field_language
from sandbox.graph.errors import JSON, gone, refuse
from sandbox.graph.fields import Field
from sandbox.graph.nodes import Nodes
from sandbox.graph.paging import Edge, cursor_of, read_cursor
from sandbox.graph.people import FacebookTown
from sandbox.graph.ranking import ranked
from sandbox.graph.schema import Conversation, Message, Thing
from sandbox.graph.things import Part
from sandbox.ids import milliseconds
from sandbox.serving.call import Answer, Call

_DETAILED = 20
"""Only so many newest messages of a conversation show more than id and time (contract section 3)."""

_EVERYTHING = 100_000
Fields = tuple[Field, ...] | None


class Reads:
    """Handlers of GET. `me` is the caller's own page; `owner` and `version` come in the call's path."""

    def __init__(self, town: FacebookTown) -> None:
        self._town = town
        self._nodes = Nodes(town, self._nested)

    def object(self, call: Call) -> Answer:
        """Any object by its id."""
        shape = self.shape(_owner(call), _fields(call))
        return _answer(shape, [str(shape["id"])])

    def objects(self, call: Call) -> Answer:
        """Several objects at once: `ids`."""
        identities = [identity for identity in call.query.get("ids", "").split(",") if identity]
        if not 1 <= len(identities) <= 50:
            raise refuse(100, "(#100) Param ids must hold 1 to 50 ids")
        return _answer({identity: self.shape(identity, _fields(call)) for identity in identities}, identities)

    def feed(self, call: Call) -> Answer:
        """Posts by the page, by visitors and by those who tag it."""
        return self._posts(call, lambda page, part: self._town.things.posts(page, part))

    def posts(self, call: Call) -> Answer:
        """Only what the page itself posted."""
        return self._posts(call, lambda page, part: self._town.things.posts(page, part, by=page))

    def visitor_posts(self, call: Call) -> Answer:
        """Only what others posted on the page."""
        return self._posts(call, lambda page, part: self._town.things.posts(page, part, not_by=page))

    def tagged(self, call: Call) -> Answer:
        """Posts elsewhere that tag the page: nobody in this town has a wall of their own."""
        return self._posts(call, lambda _page, _part: [])

    def comments(self, call: Call) -> Answer:
        """Comments under a post or a comment: ranked and of the first level unless asked otherwise."""
        edge = _edge(call, "comments")
        body = self._comments(edge, _fields(call))
        return _answer(body, _ids(body))

    def likes(self, call: Call) -> Answer:
        body = self._likes(self._thing(_owner(call)))
        return _answer(body, [])

    def conversations(self, call: Call) -> Answer:
        """Conversations of a page, the latest moved first."""
        body = self._conversations(_edge(call, "conversations"), _fields(call))
        return _answer(body, _ids(body))

    def messages(self, call: Call) -> Answer:
        """Messages of a conversation, newest first."""
        body = self._messages(_edge(call, "messages"), _fields(call))
        return _answer(body, _ids(body))

    def accounts(self, call: Call) -> Answer:
        """The pages that the person who connects them manages."""
        fields = _fields(call) or tuple(
            Field(name) for name in ("access_token", "category", "name", "id", "tasks")
        )
        pages = self._town.accounts.all(FACEBOOK)
        return _answer(
            {"data": [self._nodes.page(page, fields) for page in pages]}, [page.id for page in pages]
        )

    def shape(self, identity: str, fields: Fields) -> dict[str, Any]:
        """The object of an id. Refused (100/33): there is none."""
        page = self._town.accounts.get(FACEBOOK, identity) or self._town.accounts.by_handle(
            FACEBOOK, identity
        )
        if page is not None:
            return self._nodes.page(page, fields)
        if identity.startswith("t_"):
            return self._nodes.conversation(self._conversation(identity), fields)
        if identity.startswith("m_"):
            return self._message(identity, fields)
        if self._town.person(identity) is not None:
            return self._nodes.person(identity, fields)
        return self._nodes.thing(self._thing(identity), fields)

    def _posts(self, call: Call, rows: Callable[[str, Part], list[Thing]]) -> Answer:
        edge = _edge(call, call.path["edge"])
        page = self._page(edge.owner)
        found = rows(page.id, edge.part())
        body = self._things_page(edge, found, _fields(call))
        return _answer(body, _ids(body))

    def _things_page(self, edge: Edge, found: list[Thing], fields: Fields) -> dict[str, Any]:
        limit = edge.limit()
        return edge.page(
            found[:limit],
            len(found) > limit,
            lambda thing: cursor_of(thing.number),
            lambda thing: self._nodes.thing(thing, fields),
        )

    def _comments(self, edge: Edge, fields: Fields) -> dict[str, Any]:
        thing = self._thing(edge.owner)
        top_only = edge.query.get("filter", "toplevel") != "stream"
        order = edge.query.get("order", "ranked")
        body = self._things_page(edge, self._ordered(thing, edge, order, top_only), fields)
        if edge.query.get("summary") in ("true", "1", "total_count"):
            body["summary"] = self._summary(thing, order, top_only)
        return body

    def _ordered(self, thing: Thing, edge: Edge, order: str, top_only: bool) -> list[Thing]:
        def under(part: Part) -> list[Thing]:
            if thing.kind == "comment":
                return self._town.things.replies(thing.id, part)
            return self._town.things.comments(thing.id, part, top_only)

        if order in ("chronological", "reverse_chronological"):
            return under(edge.part(newest_first=order == "reverse_chronological"))
        asked = edge.part()
        whole = under(Part(since=asked.since, until=asked.until, limit=_EVERYTHING))
        return ranked(whole, asked, self._town.things.likes)

    def _summary(self, thing: Thing, order: str, top_only: bool) -> dict[str, Any]:
        things = self._town.things
        total = (
            things.count_replies(thing.id) if thing.kind == "comment" else things.count(thing.id, top_only)
        )
        return {"order": order, "total_count": total, "can_comment": True}

    def _likes(self, thing: Thing) -> dict[str, Any]:
        total = self._town.things.likes(thing.id)
        return {"data": [], "summary": {"total_count": total, "can_like": True, "has_liked": False}}

    def _conversations(self, edge: Edge, fields: Fields) -> dict[str, Any]:
        page, limit = self._page(edge.owner), edge.limit()
        after = edge.query.get("after")
        beyond = None if not after else _pair(read_cursor(after, "after"))
        who = edge.query.get("user_id", "")
        user_id = int(who) if who.isdecimal() else None
        found = self._town.messages.conversations(page.id, beyond, limit + 1, user_id)
        return edge.page(
            found[:limit],
            len(found) > limit,
            lambda talk: cursor_of(milliseconds(talk.updated_at), talk.number),
            lambda talk: self._nodes.conversation(talk, fields),
        )

    def _messages(self, edge: Edge, fields: Fields) -> dict[str, Any]:
        talk, part = self._conversation(edge.owner), edge.part()
        found = self._town.messages.of(talk.number, part.after, part.limit)
        newest = {message.id for message in self._town.messages.of(talk.number, limit=_DETAILED)}
        return edge.page(
            found[: part.limit - 1],
            len(found) >= part.limit,
            lambda message: cursor_of(message.number),
            lambda message: self._nodes.message(message, talk, fields if message.id in newest else None),
        )

    def _message(self, identity: str, fields: Fields) -> dict[str, Any]:
        message: Message | None = self._town.messages.get(identity)
        if message is None:
            raise gone(identity)
        if self._town.messages.rank(message) >= _DETAILED:
            raise refuse(
                100, f"The message with ID '{identity}' has been deleted or is too old to be read.", 33
            )
        return self._nodes.message(message, self._conversation(f"t_{message.conversation}"), fields)

    def _nested(self, owner: str, field: Field) -> Any:
        """An edge asked for like a field: its arguments are its query."""
        edge = Edge(owner, field.name, "v26.0", dict(field.arguments))
        if field.name == "comments":
            return self._comments(edge, field.inner)
        if field.name == "messages":
            return self._messages(edge, field.inner)
        if field.name == "conversations":
            return self._conversations(edge, field.inner)
        if field.name in ("likes", "reactions"):
            return self._likes(self._thing(owner))
        by = owner if field.name == "posts" else None
        return self._things_page(edge, self._town.things.posts(owner, edge.part(), by=by), field.inner)

    def _thing(self, identity: str) -> Thing:
        found = self._town.things.get(identity)
        if found is None or found.gone:
            raise gone(identity)
        return found

    def _conversation(self, identity: str) -> Conversation:
        found = self._town.messages.conversation(identity)
        if found is None:
            raise gone(identity)
        return found

    def _page(self, identity: str) -> Account:
        found = self._town.accounts.get(FACEBOOK, identity)
        if found is None:
            raise gone(identity)
        return found


def _owner(call: Call) -> str:
    owner = call.path["owner"]
    return call.account.id if owner == "me" and call.account is not None else owner


def _fields(call: Call) -> Fields:
    text = call.query.get("fields", "")
    return field_language.parse(text) if text else None


def _edge(call: Call, name: str) -> Edge:
    return Edge(_owner(call), name, call.path["version"], dict(call.query))


def _answer(body: dict[str, Any], ids: list[str]) -> Answer:
    return Answer(body=body, media_type=JSON, note={"ids": ids})


def _ids(body: dict[str, Any]) -> list[str]:
    return [str(item["id"]) for item in body["data"]]


def _pair(numbers: tuple[int, ...]) -> tuple[int, int]:
    if len(numbers) != 2:
        raise refuse(100, "(#100) Invalid parameter: the cursor is not valid")
    return numbers[0], numbers[1]
