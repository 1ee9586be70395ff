"""Search of X as far as a desk needs it: words, phrases, OR in brackets, a few operators, negation."""

import re
from collections.abc import Callable
from datetime import timedelta

from sandbox.serving.call import Call, Refused
from sandbox.x import asked, errors, text
from sandbox.x.people import XTown
from sandbox.x.posts import Span
from sandbox.x.schema import Post

_LONGEST = 512
_REACH = timedelta(days=7)
_PIECE = re.compile(r'\(|\)|-?"[^"]*"|-?[^\s()]+')
Test = Callable[[Post], bool]


class Search:
    """Turns a query into a test of posts."""

    def __init__(self, town: XTown) -> None:
        self._town = town

    def matching(self, call: Call, limit: int) -> list[Post]:
        """Posts of the last seven days that match, newest first. Refused: a bad query, or too far back."""
        query = call.query.get("query", "")
        if not 1 <= len(query) <= _LONGEST:
            raise Refused(errors.invalid("query", query, "query must be 1 to 512 characters long"))
        test = self._parse(_PIECE.findall(query))
        span = self._span(call, limit)
        found = (post for post in self._town.posts.all_within(span) if test(post))
        return [post for post, _number in zip(found, range(span.limit), strict=False)]

    def _span(self, call: Call, limit: int) -> Span:
        oldest = self._town.clock.now() - _REACH
        span = asked.span(call, limit, 1_000_000, page="next_token")
        since = None if span.since_id is None else self._town.posts.get(span.since_id)
        if (span.start and span.start < oldest) or (since and since.created_at < oldest):
            raise Refused(errors.invalid("since_id", "", "It must be within the last seven days."))
        return span

    def _parse(self, pieces: list[str]) -> Test:
        tests: list[Test] = []
        group: list[Test] | None = None
        for piece in pieces:
            if piece == "(":
                group = []
            elif piece == ")":
                tests.append(_any(group or []))
                group = None
            elif piece != "OR":
                (tests if group is None else group).append(self._term(piece))
        return lambda post: all(test(post) for test in tests)

    def _term(self, piece: str) -> Test:
        if piece.startswith("-") and len(piece) > 1:
            test = self._term(piece[1:])
            return lambda post: not test(post)
        name, _, value = piece.partition(":")
        town = self._town
        if name == "to":
            return lambda post: _answers(town, post, value)
        if name == "from":
            return lambda post: town.users.of(post.author_id).username.lower() == value.lower()
        if name == "conversation_id":
            return lambda post: str(post.conversation_id) == value
        if piece == "is:retweet":
            return lambda post: False
        if piece.startswith("@"):
            return lambda post: piece[1:].lower() in text.mentioned(post.text)
        words = piece.strip('"').lower()
        return lambda post: re.search(rf"(?<!\w){re.escape(words)}(?!\w)", post.text.lower()) is not None


def _any(tests: list[Test]) -> Test:
    return lambda post: any(test(post) for test in tests)


def _answers(town: XTown, post: Post, username: str) -> bool:
    parent = None if post.parent_id is None else town.posts.get(post.parent_id)
    return parent is not None and town.users.of(parent.author_id).username.lower() == username.lower()


def found(search: Search, call: Call) -> tuple[list[Post], int]:
    """The posts of one page and one more, and the page's size."""
    asked.known_only(
        call, "query", "since_id", "until_id", "max_results", "next_token", "start_time", "end_time"
    )
    limit = asked.count(call, 10, 100, 10)
    return search.matching(call, limit), limit
