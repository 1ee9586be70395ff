"""Reading from X: the account, timelines, look-ups, direct messages (contract section 1.3)."""

from datetime import timedelta
from typing import Any

from sandbox.serving.call import Answer, Call, Refused
from sandbox.x import asked, errors
from sandbox.x.asked import Wanted
from sandbox.x.expansions import Expansions
from sandbox.x.people import XTown
from sandbox.x.posts import Span
from sandbox.x.schema import Post, User
from sandbox.x.search import Search, found
from sandbox.x.shapes import Shapes

_MENTIONS_REACH, _OWN_REACH, _OWN_REACH_NO_REPLIES = 800, 3200, 800
_MESSAGES_REACH = timedelta(days=30)
_TIMELINE = ("since_id", "until_id", "max_results", "pagination_token", "start_time", "end_time")


class Reads:
    """Handlers of the GET endpoints."""

    def __init__(self, town: XTown) -> None:
        self._town = town
        self._shapes = Shapes(town)
        self._expansions = Expansions(town, self._shapes)
        self._search = Search(town)

    def me(self, call: Call) -> Answer:
        asked.known_only(call)
        user = self._town.users.of_account(asked.caller(call))
        return Answer(
            body={"data": self._shapes.user(user, asked.wanted(call))}, note={"ids": [str(user.id)]}
        )

    def mentions(self, call: Call) -> Answer:
        """Posts of others that mention a user."""
        asked.known_only(call, *_TIMELINE)
        user = self._user(asked.identity(call, "id"))
        limit = asked.count(call, 5, 100, 10)
        posts = self._town.posts.mentions_of(user.id, asked.span(call, limit, _MENTIONS_REACH))
        walked = posts[:limit]
        visible = [post for post in walked if not self._town.users.of(post.author_id).protected]
        return self._page(visible, len(posts) > limit, asked.wanted(call), walked)

    def written(self, call: Call) -> Answer:
        """Posts of one user, as X's own timeline of that user."""
        asked.known_only(call, *_TIMELINE, "exclude")
        user = self._user(asked.identity(call, "id"))
        limit = asked.count(call, 5, 100, 10)
        no_replies = "replies" in call.query.get("exclude", "").split(",")
        reach = _OWN_REACH_NO_REPLIES if no_replies else _OWN_REACH
        span: Span = asked.span(call, limit, reach)
        posts = self._town.posts.written_by(user.id, span)
        walked = posts[:limit]
        shown = [post for post in walked if not (no_replies and post.parent_id is not None)]
        return self._page(shown, len(posts) > limit, asked.wanted(call), walked)

    def search(self, call: Call) -> Answer:
        """Posts of the last seven days that match a query."""
        walked, limit = found(self._search, call)
        shown = walked[:limit]
        visible = [post for post in shown if not self._town.users.of(post.author_id).protected]
        return self._page(visible, len(walked) > limit, asked.wanted(call), shown)

    def quotes(self, call: Call) -> Answer:
        """Posts that quote one."""
        asked.known_only(call, "max_results", "pagination_token", "exclude")
        limit = asked.count(call, 10, 100, 10)
        below = asked.page_end(call, "pagination_token")
        walked = self._town.posts.quotes_of(asked.identity(call, "id"), below, limit + 1)
        shown = walked[:limit]
        visible = [post for post in shown if not self._town.users.of(post.author_id).protected]
        return self._page(visible, len(walked) > limit, asked.wanted(call), shown)

    def lookup(self, call: Call) -> Answer:
        """Posts by their ids, up to 100."""
        asked.known_only(call, "ids")
        identities = [part for part in call.query.get("ids", "").split(",") if part]
        if not 1 <= len(identities) <= 100:
            raise Refused(_too_many("ids", len(identities)))
        posts: list[Post] = []
        gone: list[dict[str, Any]] = []
        for identity in identities:
            self._sort(identity, "ids", posts, gone)
        wanted = asked.wanted(call)
        body = self._with_parts({"data": [self._shapes.post(post, wanted) for post in posts]}, posts, wanted)
        if not posts:
            del body["data"]
        if gone:
            body["errors"] = [*gone, *body.get("errors", [])]
        return Answer(body=body, note={"ids": [str(post.id) for post in posts]})

    def one(self, call: Call) -> Answer:
        """One post. A missing one is an error inside a 200, as X has it."""
        asked.known_only(call)
        posts: list[Post] = []
        gone: list[dict[str, Any]] = []
        self._sort(call.path["id"], "id", posts, gone)
        if not posts:
            return Answer(body={"errors": gone}, note={"ids": []})
        wanted = asked.wanted(call)
        body = self._with_parts({"data": self._shapes.post(posts[0], wanted)}, posts, wanted)
        return Answer(body=body, note={"ids": [str(posts[0].id)]})

    def users(self, call: Call) -> Answer:
        """Users by id (`ids`) or by name (`usernames`)."""
        asked.known_only(call, "ids", "usernames")
        by = "usernames" if "usernames" in call.query else "ids"
        values = [value for value in call.query.get(by, "").split(",") if value]
        if not 1 <= len(values) <= 100:
            raise Refused(_too_many(by, len(values)))
        users = {value: self._by(by, value) for value in values}
        wanted = asked.wanted(call)
        data = [self._shapes.user(user, wanted) for user in users.values() if user is not None]
        gone = [errors.missing("user", value, by) for value, user in users.items() if user is None]
        body = {name: part for name, part in (("data", data), ("errors", gone)) if part}
        return Answer(body=body, note={"ids": [user["id"] for user in data]})

    def user(self, call: Call) -> Answer:
        """One user by id or by name."""
        asked.known_only(call)
        by = "username" if "username" in call.path else "id"
        user = self._by(by + "s", call.path[by])
        if user is None:
            return Answer(body={"errors": [errors.missing("user", call.path[by], by)]})
        return Answer(
            body={"data": self._shapes.user(user, asked.wanted(call))}, note={"ids": [str(user.id)]}
        )

    def _page(self, shown: list[Post], more: bool, wanted: Wanted, walked: list[Post]) -> Answer:
        """One page of a timeline; `walked` are the rows it went over, of which some may not be shown."""
        meta: dict[str, Any] = {"result_count": len(shown)}
        if shown:
            meta |= {"newest_id": str(shown[0].id), "oldest_id": str(shown[-1].id)}
        if more and walked:
            meta["next_token"] = asked.page_token(walked[-1].id)
        body: dict[str, Any] = {"meta": meta}
        if shown:
            body["data"] = [self._shapes.post(post, wanted) for post in shown]
        return Answer(
            body=self._with_parts(body, shown, wanted), note={"ids": [str(post.id) for post in shown]}
        )

    def _with_parts(self, body: dict[str, Any], posts: list[Post], wanted: Wanted) -> dict[str, Any]:
        return {**body, **self._expansions.of_posts(posts, wanted)}

    def _sort(self, value: str, parameter: str, posts: list[Post], gone: list[dict[str, Any]]) -> None:
        """Put the post of an id among the posts, or its absence among the errors."""
        post = self._town.posts.get(asked.checked_id(parameter, value))
        if post is None or post.gone:
            gone.append(errors.missing("tweet", value, parameter))
        elif self._town.users.of(post.author_id).protected:
            gone.append(errors.not_visible("tweet", value, parameter))
        else:
            posts.append(post)

    def _by(self, by: str, value: str) -> User | None:
        if by == "usernames":
            return self._town.users.named(value)
        return self._town.users.find(asked.checked_id(by, value))

    def _user(self, identity: int) -> User:
        user = self._by("ids", str(identity))
        if user is None:
            gone = [errors.missing("user", str(identity), "id")]
            raise Refused(Answer(body={"errors": gone}, note={"ids": []}))
        return user


def _too_many(name: str, count: int) -> Answer:
    message = f"The number of values in the `{name}` query parameter list [{count}] is not between 1 and 100"
    return errors.invalid(name, count, message)
