"""What a search means: words in what was said, people by name or address, numbers."""

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q, QuerySet

from inbox.models import Conversation, Handle, Message

# Up to so many hits are fetched first and then ordered. Words more common than that are looked for while
# walking the list in its own order, which meets them often: both stay fast, and neither leaves one out.
FEW = 2_000
LONGEST = 200
SHORTEST_NAME = 3  # letters; a trigram index has nothing for fewer
WORDS = re.compile(r'"([^"]+)"|(\S+)')
NUMBER = re.compile(r"^[Dd#]?(\d{1,18})$")


def narrow(rows: QuerySet[Conversation], q: str) -> QuerySet[Conversation]:
    """Return those of `rows` that match all words of `q`, or whose person or number it is."""
    asked = q.replace("\x00", " ").strip()[:LONGEST]
    asked = asked.encode("utf-8", "replace").decode()
    words = read_words(asked)
    people = find_people(asked)
    named = match_number(asked) | Q(person__in=people)
    if words is None:
        return rows.filter(named)
    said = Message.objects.filter(search=words)
    hits = list(said.values_list("conversation_id", flat=True)[: FEW + 1])
    if len(hits) <= FEW:
        return rows.filter(named | Q(pk__in=set(hits)))
    return rows.filter(named | Q(Exists(said.filter(conversation=OuterRef("pk")))))


def read_words(asked: str) -> SearchQuery | None:
    """Return the query for the text: every word, or its beginning, must be there; "in quotes" as a phrase."""
    parts = []
    for phrase, word in WORDS.findall(asked):
        plain = (phrase or word).replace("\\", " ").replace("'", " ").replace('"', " ").strip()
        if any(character.isalnum() for character in plain):
            parts.append(f"'{plain}'" if phrase else f"'{plain}':*")
    return SearchQuery(" & ".join(parts), config="simple", search_type="raw") if parts else None


def find_people(asked: str) -> list[int]:
    """Return the people under whose name or address the text stands, at most FEW."""
    if len(asked) < SHORTEST_NAME:
        return []
    known = Handle.objects.filter(Q(name__icontains=asked) | Q(address__icontains=asked))
    return list(known.values_list("person_id", flat=True)[:FEW])


def match_number(asked: str) -> Q:
    """Return the condition for a conversation's own number or its incident's."""
    number = NUMBER.match(asked)
    own = Q(pk=int(number[1])) if number and int(number[1]) < 2**63 else Q(pk__in=[])
    return own | Q(incident_number__in=[asked, asked.upper()])
