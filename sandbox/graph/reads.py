"""Reading from the Graph API: objects, feeds, comments, conversations (contract sections 2.3 and 3)."""

from collections.abc import Callable
from typing import Any

from sandbox.accounts import FACEBOOK, Account
from sandbox.graph.asked import Fields, answer, edge_of, fields_of, ids_of, owner_of
from sandbox.graph.errors import gone, refuse
from sandbox.graph.fields import Field
from sandbox.graph.inbox import Inbox
from sandbox.graph.nodes import Nodes
from sandbox.graph.paging import Edge, cursor_of
from sandbox.graph.people import FacebookTown
from sandbox.graph.schema import Thing
from sandbox.graph.things import Part
from sandbox.serving.call import Answer, Call


class Reads:
    """Handlers of GET. `me` is the caller's own page; `owner` and `version` come in the call's path."""

    def __init__(self, town: FacebookTown) -> None:
        self._town = town
        self._nodes = Nodes(town, self._nested)
        self.inbox = Inbox(town, self._nested)

    def object(self, call: Call) -> Answer:
        """Any object by its id."""
        shape = self.shape(owner_of(call), fields_of(call))
        return answer(shape, [str(shape["id"])])

    def objects(self, call: Call) -> Answer:
        """Several objects at once: `ids`."""
        identities = [identity for identity in call.query.get("ids", "").split(",") if identity]
        if not 1 <= len(identities) <= 50:
            raise refuse(100, "(#100) Param ids must hold 1 to 50 ids")
        return answer(
            {identity: self.shape(identity, fields_of(call)) for identity in identities}, identities
        )

    def feed(self, call: Call) -> Answer:
        """Posts by the page, by visitors and by those who tag it."""
        return self._posts(call, self._town.things.posts)

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
        edge = edge_of(call, "comments")
        body = self._comments(edge, fields_of(call))
        return answer(body, ids_of(body))

    def likes(self, call: Call) -> Answer:
        body = self._likes(self._thing(owner_of(call)))
        return answer(body, [])

    def accounts(self, call: Call) -> Answer:
        """The pages that the person who connects them manages."""
        fields = fields_of(call) or tuple(
            Field(name) for name in ("access_token", "category", "name", "id", "tasks")
        )
        pages = self._town.accounts.all(FACEBOOK)
        return answer(
            {"data": [self._nodes.page(page, fields) for page in pages]}, [page.id for page in pages]
        )

    def shape(self, identity: str, fields: Fields) -> dict[str, Any]:
        """The object of an id. Refused (100/33): there is none."""
        page = self._town.accounts.get(FACEBOOK, identity) or self._town.accounts.by_handle(
            FACEBOOK, identity
        )
        if page is not None:
            return self._nodes.page(page, fields)
        if identity.startswith(("t_", "m_")):
            return self.inbox.shape(identity, fields)
        if self._town.person(identity) is not None:
            return self._nodes.person(identity, fields)
        return self._nodes.thing(self._thing(identity), fields)

    def _posts(self, call: Call, rows: Callable[[str, Part], list[Thing]]) -> Answer:
        edge = edge_of(call, call.path["edge"])
        page = self._page(edge.owner)
        found = rows(page.id, edge.part())
        body = self._things_page(edge, found, fields_of(call))
        return answer(body, ids_of(body))

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
        found = self._ordered(thing, edge, order, top_only) if edge.limit() else []
        body = self._things_page(edge, found, fields)
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
        return self._town.things.ranked(thing, edge.part(), top_only and thing.kind == "post")

    def _summary(self, thing: Thing, order: str, top_only: bool) -> dict[str, Any]:
        things = self._town.things
        total = (
            things.count_replies(thing.id) if thing.kind == "comment" else things.count(thing.id, top_only)
        )
        return {"order": order, "total_count": total, "can_comment": True}

    def _likes(self, thing: Thing) -> dict[str, Any]:
        total = self._town.things.likes(thing.id)
        return {"data": [], "summary": {"total_count": total, "can_like": True, "has_liked": False}}

    def _nested(self, owner: str, field: Field) -> Any:
        """An edge asked for like a field: its arguments are its query."""
        edge = Edge(owner, field.name, "v26.0", dict(field.arguments))
        if field.name == "comments":
            return self._comments(edge, field.inner)
        if field.name in ("messages", "conversations"):
            return self.inbox.nested(edge, field)
        if field.name in ("likes", "reactions"):
            return self._likes(self._thing(owner))
        by = owner if field.name == "posts" else None
        return self._things_page(edge, self._town.things.posts(owner, edge.part(), by=by), field.inner)

    def _thing(self, identity: str) -> Thing:
        found = self._town.things.get(identity)
        if found is None or found.gone:
            raise gone(identity)
        return found

    def _page(self, identity: str) -> Account:
        found = self._town.accounts.get(FACEBOOK, identity)
        if found is None:
            raise gone(identity)
        return found
