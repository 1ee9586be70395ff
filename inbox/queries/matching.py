"""What a search means: words in what was said, people by name or address, numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Exists, F, Lookup, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from inbox.models import Conversation, Handle, Message

# The list's own head is read first, in its order: common words are met there often. What is met seldom is
# looked up as a whole, by the indexes, without leaving the database.
HEADS = (200, 1_500)
LONGEST = 200
SHORTEST_NAME = 3  # letters; a trigram index has nothing for fewer
WORDS = re.compile(r'"([^"]+)"|(\S+)')
NUMBER = re.compile(r"^[Dd#]?([0-9]{1,18})$")


class Like(Lookup):
    """`name ILIKE pattern`, in the form that the trigram indexes answer (Django's own turns both upper)."""

    lookup_name = "like"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL with its parameters."""
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} ILIKE {right}", (*left_values, *right_values)


@dataclass(frozen=True)
class Source:
    """One place to look: rows that match, and the field that leads to their conversation.

    `near` are the same rows, asked in a way that suits looking at one conversation.
    """

    rows: QuerySet[Any]
    key: str
    near: QuerySet[Any]
    near_key: str
    outer_key: str = "pk"

    def every(self) -> QuerySet[Any]:
        """Return all conversation ids, which the database works out in full."""
        return self.rows.filter(**{f"{self.key}__isnull": False}).order_by().values_list(self.key)

    def here(self) -> Exists:
        """Return the condition that the conversation of the outer row matches."""
        return Exists(self.near.filter(**{self.near_key: OuterRef(self.outer_key)}).order_by())


class Match:
    """What matches a search, wherever it can match."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = sources

    def fetch(self, rows: QuerySet[Conversation], count: int) -> list[Conversation]:
        """Return the first `count` of the ordered `rows` that match."""
        for head in HEADS:
            found = self.look_through(rows, head, count)
            if len(found) >= count:
                break
        else:
            # The order first, by ids alone: what a row shows is loaded for the few that are shown.
            found = list(rows.filter(self.whole()).values_list("pk", flat=True)[:count])
        return list(rows.filter(pk__in=found))

    def look_through(self, rows: QuerySet[Conversation], head: int, count: int) -> list[int]:
        """Return the first `count` ids that match among the first `head` rows."""
        here = reduce(or_, (Q(source.here()) for source in self.sources))
        inside = Conversation.objects.filter(here, pk__in=rows.values("pk")[:head])
        ordered = inside.order_by(*rows.query.order_by)
        return list(ordered.values_list("pk", flat=True)[:count])

    def whole(self) -> Q:
        """Return the condition for everything that matches."""
        first, *others = (source.every() for source in self.sources)
        return Q(pk__in=first.union(*others, all=True)) if others else Q(pk__in=first)


def read_match(q: str) -> Match | None:
    """Return what matches `q`: all its words, or its person or its number; None for an empty search."""
    asked = q.replace("\x00", " ").strip()[:LONGEST].encode("utf-8", "replace").decode()
    if not asked:
        return None
    return Match([*match_numbers(asked), *match_people(asked), *match_words(asked)])


def match_words(asked: str) -> list[Source]:
    """Look for messages with every word, or its beginning; what stands in quotes is a phrase."""
    parts = []
    for phrase, word in WORDS.findall(asked):
        plain = (phrase or word).replace("\\", " ").replace("'", " ").replace('"', " ").strip()
        if any(character.isalnum() for character in plain):
            parts.append(f"'{plain}'" if phrase else f"'{plain}':*")
    if not parts:
        return []
    words = SearchQuery(" & ".join(parts), config="simple", search_type="raw")
    # What a few conversations hold is read message by message; COALESCE keeps the word index out of that.
    here = Coalesce(F("search"), Value("", output_field=SearchVectorField()))
    near = Message.objects.annotate(here=here).filter(here=words)
    return [Source(Message.objects.filter(search=words), "conversation_id", near, "conversation_id")]


def match_people(asked: str) -> list[Source]:
    """Look for people under whose name or address the text stands."""
    if len(asked) < SHORTEST_NAME:
        return []
    pattern = asked.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    text = Value(f"%{pattern}%")
    known = Handle.objects.filter(Q(Like(F("name"), text)) | Q(Like(F("address"), text)))
    # The handles of a few people are read one by one; COALESCE keeps the trigram index out of that.
    near = Handle.objects.filter(
        Q(Like(Coalesce(F("name"), Value("")), text)) | Q(Like(Coalesce(F("address"), Value("")), text))
    )
    return [Source(known, "person__conversations", near, "person_id", "person_id")]


def match_numbers(asked: str) -> list[Source]:
    """Look for the conversation's own number or its incident's."""
    named = Conversation.objects.exclude(incident_number="").filter(
        incident_number__in={asked, asked.upper()}
    )
    sources = [Source(named, "pk", named, "pk")]
    number = NUMBER.match(asked)
    if number:
        own = Conversation.objects.filter(pk=int(number[1]))
        sources.append(Source(own, "pk", own, "pk"))
    return sources
