"""The queue and its rows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from inbox.enums import Urgency
from inbox.models import Conversation
from inbox.presenters.rows import group_bands, present_rows
from inbox.queries.queue import COUNT_CAP, ORDER, TABS, QueueFilter, choose_tab, count_tabs, list_queue
from inbox.views.asking import carry_filter, read_filter
from staff.guards import acting, only_for
from staff.permissions import can_see_inbox

PAGE = 20
SHORT = {"waiting": "Waiting"}


@require_GET
def show_queue(request: HttpRequest) -> HttpResponse:
    """Show the queue with nothing open; whoever does not read contacts starts at the accounts."""
    if not can_see_inbox(request.user):
        return redirect("accounts")
    return render(request, "inbox/console.html", {**describe_list(request), "page_name": "queue"})


@require_GET
@only_for(can_see_inbox)
def show_rows(request: HttpRequest) -> HttpResponse:
    """Return tabs and rows for a list that stands on a screen, or its next page."""
    return render(request, "inbox/list.html", describe_list(request))


def describe_list(request: HttpRequest, open_id: int | None = None) -> dict[str, Any]:
    """Return what the list shows: tabs with counts, filters, rows."""
    wanted = read_filter(request)
    page = list_queue(acting(request), wanted, after=request.GET.get("after"), limit=PAGE)
    rows = present_rows(page.rows, acting(request))
    tab = choose_tab(wanted.tab)
    is_banded = tab.order[0] == ORDER[0]
    groups = group_bands(rows, page.next is None and not request.GET.get("after")) if is_banded else []
    # While searching, counting what every list holds would take longer than the search itself.
    counts = count_tabs(acting(request), wanted) if not wanted.q.strip() else {}
    tabs = [
        {
            "label": SHORT.get(word, one.label),
            "url": carry_filter(request, tab="" if word == "queue" else word) or "?",
            "count": spell_count(counts.get(word)),
            "is_current": word == wanted.tab,
        }
        for word, one in TABS.items()
    ]
    return {
        "wanted": wanted,
        "tabs": tabs,
        "groups": groups,
        "rows": rows,
        "next": page.next,
        "is_continued": bool(request.GET.get("after")),
        "filter_query": carry_filter(request),
        "open_id": open_id,
        "levels": [(level.name.lower(), level.label, level.value) for level in reversed(Urgency)],
        "is_narrowed": wanted != QueueFilter(tab=wanted.tab),
        "accounts_of_list": list_accounts(),
    }


def spell_count(count: int | None) -> str:
    """Return a tab's count as shown; empty when it was not counted."""
    if count is None:
        return ""
    return f"{COUNT_CAP}+" if count >= COUNT_CAP else str(count)


def list_accounts() -> list[dict[str, Any]]:
    """Return the accounts to choose from."""
    model: Any = Conversation._meta.get_field("account").related_model
    return list(model.objects.order_by("channel", "name").values("id", "name", "address"))
