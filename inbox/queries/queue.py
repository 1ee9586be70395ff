"""The queue: one order for everybody, in pages that stay true while rows come and go (keyset paging)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Coalesce

from inbox.enums import ConversationState, Urgency
from inbox.models import Conversation, Handle
from inbox.queries.keyset import read_place, write_place
from inbox.queries.matching import read_match
from inbox.text import make_storable
from staff.models import Member
from staff.permissions import can_see_inbox

# The order of everything that waits for the desk; it stands here and nowhere else.
ORDER = ("band", "waiting_since", "id")
COUNT_CAP = 999
LARGEST_PAGE = 200
# Of an account no list shows these.
UNSHOWN = ("secrets", "cursor", "config")
# Before a place: the page that ends there.
BACK = "-"


@dataclass(frozen=True)
class QueueFilter:
    """What to show. Empty parts do not narrow; `urgency` is a level's value, `account` an id."""

    tab: str = "queue"
    channel: str = ""
    account: int | None = None
    urgency: int | None = None
    tag: str = ""
    q: str = ""
    state: str = ""


@dataclass(frozen=True)
class Tab:
    """One list: which conversations stand in it, and in which order (`newest_first` turns it round)."""

    label: str
    chooses: Callable[[Member], Q]
    order: tuple[str, ...]
    newest_first: bool = False


@dataclass(frozen=True)
class QueuePage:
    """Conversations with `address` (the person's handle) on each; `next` and `previous` lead on and back.

    Both are places to pass as `after`; None where the list ends.
    """

    rows: list[Conversation]
    next: str | None
    previous: str | None = None


TABS = {
    "queue": Tab("Queue", lambda _: Q(state=ConversationState.OPEN), ORDER),
    "mine": Tab("Mine", lambda member: Q(holder=member), ("band", "since", "id")),
    "escalated": Tab("Escalated", lambda _: Q(escalation_pending=True), ("band", "last_message_at", "id")),
    "waiting": Tab(
        "Waiting on the public", lambda _: Q(state=ConversationState.WAITING), ("last_message_at", "id")
    ),
    "all": Tab("All", lambda _: Q(), ("last_message_at", "id"), newest_first=True),
}


def list_queue(member: Member, wanted: QueueFilter, after: str | None = None, limit: int = 50) -> QueuePage:
    """Return a page of what `member` may see; an unknown tab is the queue, a spoilt `after` is the start."""
    tab = choose_tab(wanted.tab)
    limit = max(1, min(limit, LARGEST_PAGE))
    back = bool(after) and str(after).startswith(BACK)
    values = read_place(str(after).removeprefix(BACK), tab.order) if after else None
    rows = select(member, wanted)
    if values is not None:
        rows = go_on_from(rows, tab, values, back)
    match = read_match(wanted.q)
    found = match.fetch(rows, limit + 1) if match else list(rows[: limit + 1])
    more, page = len(found) > limit, found[:limit]
    if values is not None and back:
        page.reverse()
        return fold(page, tab, leads_on=True, leads_back=more)
    return fold(page, tab, leads_on=more, leads_back=values is not None)


def fold(page: list[Conversation], tab: Tab, leads_on: bool, leads_back: bool) -> QueuePage:
    """Return the page with the places that lead on and back."""
    following = write_place(page[-1], tab.order) if page and leads_on else None
    preceding = BACK + write_place(page[0], tab.order) if page and leads_back else None
    return QueuePage(rows=page, next=following, previous=preceding)


def go_on_from(
    rows: QuerySet[Conversation], tab: Tab, values: list[Any], back: bool
) -> QuerySet[Conversation]:
    """Return the rows after a place, or those before it, nearest first."""
    columns = Tuple(*(F(name) for name in tab.order))
    compare = TupleLessThan if tab.newest_first != back else TupleGreaterThan
    following = rows.filter(compare(columns, values))
    return following.reverse() if back else following


def count_tabs(member: Member, wanted: QueueFilter) -> dict[str, int]:
    """Return how many stand in each tab under the same filters; COUNT_CAP means that many or more."""
    match = read_match(wanted.q)
    if not can_see_inbox(member):
        return dict.fromkeys(TABS, 0)
    if match is None:
        counts = count_capped([filter_rows(member, wanted, tab) for tab in TABS.values()])
        return dict(zip(TABS, counts, strict=True))
    rows = filter_rows(member, wanted, TABS["all"]).filter(match.whole())
    tabs = {word: Count("pk", filter=tab.chooses(member)) for word, tab in TABS.items() if word != "all"}
    found = rows.aggregate(all=Count("pk"), **tabs)
    return {word: min(found[word], COUNT_CAP) for word in TABS}


def count_capped(lists: Sequence[QuerySet[Any]]) -> list[int]:
    """Return how many stand in each list, at most COUNT_CAP, in one round trip; `q` is left out."""
    parts = [rows.order_by().values("pk")[:COUNT_CAP].query.sql_with_params() for rows in lists]
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) counted)" for sql, _ in parts)  # noqa: S608 - Django's own SQL
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for _, values in parts for value in values])
        return [int(count) for count in cursor.fetchone()]


def select(member: Member, wanted: QueueFilter) -> QuerySet[Conversation]:
    """Return the conversations of a tab, in order, with all that a row of a list shows."""
    tab = choose_tab(wanted.tab)
    rows = filter_rows(member, wanted, tab)
    if "since" in tab.order:
        rows = rows.annotate(since=Coalesce("waiting_since", "last_message_at"))
    order = [f"-{name}" for name in tab.order] if tab.newest_first else list(tab.order)
    return with_list_facts(rows).order_by(*order)


def with_list_facts(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Load what a list shows: person, holder and `address` of each row, and each account once for all."""
    model: Any = Conversation._meta.get_field("account").related_model
    accounts = Prefetch("account", model.objects.defer(*UNSHOWN))
    return with_address(rows.select_related("person", "holder").prefetch_related(accounts))


def with_row_facts(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Load person, account and holder with each conversation, and the person's `address` on its channel."""
    loaded = rows.select_related("account", "person", "holder")
    return with_address(loaded.defer(*(f"account__{name}" for name in UNSHOWN)))


def with_address(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Add the person's handle on the conversation's channel, as `address`."""
    handles = Handle.objects.filter(person=OuterRef("person"), channel=OuterRef("account__channel"))
    return rows.annotate(address=Subquery(handles.order_by("id").values("address")[:1]))


def filter_rows(member: Member, wanted: QueueFilter, tab: Tab) -> QuerySet[Conversation]:
    """Return what stands in the tab under all filters but `q`; nothing for those who may not look."""
    if not can_see_inbox(member):
        return Conversation.objects.none()
    rows = Conversation.objects.filter(tab.chooses(member))
    if wanted.channel:
        rows = rows.filter(account__channel=make_storable(wanted.channel))
    if wanted.account is not None:
        rows = rows.filter(account_id=wanted.account)
    if wanted.urgency is not None:
        rows = rows.filter(urgency=wanted.urgency)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.tag:
        rows = rows.filter(tags__contains=[make_storable(wanted.tag)])
    return rows


def get_address(row: Conversation) -> str:
    """Return the person's handle as loaded by `with_row_facts`."""
    return str(vars(row).get("address") or "")


def choose_tab(word: str) -> Tab:
    """Return the tab of that name, or the queue."""
    return TABS.get(word, TABS["queue"])


def count_waiting(member: Member, urgency: int = Urgency.URGENT) -> int:
    """Return how many of at least this urgency wait for the desk, at most COUNT_CAP."""
    rows = filter_rows(member, QueueFilter(), TABS["queue"])
    return rows.filter(Q(urgency__gte=urgency) | Q(unjudged=True)).values("pk")[:COUNT_CAP].count()
