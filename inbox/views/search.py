"""Find conversations by words, people and numbers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from inbox.presenters.rows import present_rows
from inbox.queries.search import find_conversations
from staff.guards import acting, only_for
from staff.permissions import can_see_inbox

LONGEST = 200


@require_GET
@only_for(can_see_inbox)
def search(request: HttpRequest) -> HttpResponse:
    """Show what matches, newest first."""
    q = request.GET.get("q", "")[:LONGEST]
    page = find_conversations(acting(request), q, after=request.GET.get("after"))
    rows = present_rows(page.rows, acting(request))
    return render(request, "inbox/search.html", {"q": q, "rows": rows, "next": page.next})
