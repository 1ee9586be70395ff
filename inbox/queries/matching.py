"""What a search means: words in what was said, people by name or address, numbers."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Lookup, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from inbox.models import Conversation, Handle, Message

# Up to FEW hits are fetched at once and put into the list's order. More common ones are looked for while
# walking the list in its own order, which meets them often: both are fast, and neither leaves one out.
FEW = 5_000
STEPS = (250, 1_000, 3_000, 6_000)
# Fewer than one hit in so many rows walked: worth looking up as a whole.
SPARSE = 40
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

    `near` are the same rows, asked in a way that suits looking at a few conversations.
    """

    rows: QuerySet[Any]
    key: str
    near: QuerySet[Any] | None = None

    def first(self, count: int) -> list[int]:
        """Return up to `count` conversation ids, in no order."""
        return [pk for (pk,) in self.every()[:count]]

    def among(self, ids: Collection[int]) -> set[int]:
        """Return which of these conversations match."""
        rows = self.rows if self.near is None else self.near
        return set(rows.filter(**{f"{self.key}__in": ids}).values_list(self.key, flat=True))

    def every(self) -> QuerySet[Any]:
        """Return all conversation ids, which the database works out in full."""
        return self.rows.filter(**{f"{self.key}__isnull": False}).order_by().values_list(self.key)


class Match:
    """What matches a search, wherever it can match."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = sources

    @cached_property
    def ids(self) -> frozenset[int] | None:
        """Return all ids that match when they are few, else None."""
        hits: set[int] = set()
        for source in self.sources:
            found = source.first(FEW + 1)
            if len(found) > FEW:
                return None
            hits.update(found)
        return frozenset(hits)

    def fetch(self, rows: QuerySet[Conversation], count: int) -> list[Conversation]:
        """Return the first `count` of the ordered `rows` that match."""
        chosen: list[int] = []
        start = 0
        for size in STEPS:
            # What the list's own head answers often enough is never looked up as a whole.
            if len(chosen) * SPARSE < start and self.ids is not None:
                break
            ids = list(rows.values_list("pk", flat=True)[start : start + size])
            hits = self.pick(ids)
            chosen += [pk for pk in ids if pk in hits]
            if len(chosen) >= count or len(ids) < size:
                return list(rows.filter(pk__in=chosen[:count]))
            start += size
        return list(rows.filter(self.whole())[:count])

    def pick(self, ids: Collection[int]) -> set[int]:
        """Return which of these conversations match."""
        return set().union(*(source.among(ids) for source in self.sources))

    def whole(self) -> Q:
        """Return the condition for everything that matches."""
        if self.ids is not None:
            return Q(pk__in=self.ids)
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
    return [Source(Message.objects.filter(search=words), "conversation_id", near)]


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
    return [Source(known, "person__conversations", near)]


def match_numbers(asked: str) -> list[Source]:
    """Look for the conversation's own number or its incident's."""
    named = Conversation.objects.exclude(incident_number="")
    sources = [Source(named.filter(incident_number__in={asked, asked.upper()}), "pk")]
    number = NUMBER.match(asked)
    if number:
        sources.append(Source(Conversation.objects.filter(pk=int(number[1])), "pk"))
    return sources
