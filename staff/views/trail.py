"""The trail as auditors and supervisors read it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.chain import verify
from audit.models import Entry
from audit.queries import TrailFilter, list_entries
from audit.services import record
from staff.guards import only_for
from staff.models import Member
from staff.permissions import can_read_trail

PAGE = 50


class TrailForm(forms.Form):
    """What to look for in the trail."""

    actor = forms.IntegerField(required=False, min_value=1, label="Member number")
    verb = forms.CharField(required=False, max_length=60, label="What was done")
    kind = forms.CharField(required=False, max_length=30, label="Kind of thing")
    subject = forms.IntegerField(required=False, min_value=1, label="Its number")
    since = forms.DateTimeField(
        required=False, label="From", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    until = forms.DateTimeField(
        required=False, label="Until", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def wanted(self) -> TrailFilter:
        """Return the filter; fields that make no sense do not narrow (they are marked in the form)."""
        clean: dict[str, Any] = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        since: datetime | None = clean.get("since")
        return TrailFilter(
            actor_id=clean.get("actor"),
            verb=clean.get("verb") or "",
            subject_kind=clean.get("kind") or "",
            subject_id=clean.get("subject"),
            since=since,
            until=clean.get("until"),
        )


@dataclass(frozen=True)
class Line:
    """One entry as shown."""

    entry: Entry
    details: list[tuple[str, str]]


def present(entry: Entry) -> Line:
    """Return the entry with its details as words."""
    details = json.loads(entry.details)
    return Line(entry, [(name.replace("_", " "), say(value)) for name, value in details.items()])


def say(value: Any) -> str:
    """Return a detail's value as words."""
    if isinstance(value, list):
        shown = ", ".join(str(one) for one in value[:12])
        return f"{shown} and {len(value) - 12} more" if len(value) > 12 else shown
    return str(value)


@require_GET
@only_for(can_read_trail)
def show_trail(request: HttpRequest) -> HttpResponse:
    """Show a page of the trail, newest first."""
    form = TrailForm(request.GET)
    form.is_valid()
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) < 19
    entries = list_entries(form.wanted(), before=int(before) if is_number else None, limit=PAGE + 1)
    query = request.GET.copy()
    if len(entries) > PAGE:
        query["before"] = str(entries[PAGE - 1].id)
    context = {
        "form": form,
        "lines": [present(entry) for entry in entries[:PAGE]],
        "older": query.urlencode() if len(entries) > PAGE else "",
        "verbs": distinct("verb"),
        "kinds": distinct("subject_kind"),
        "members": Member.objects.order_by("name").values_list("pk", "name"),
    }
    return render(request, "trail/trail.html", context)


def distinct(column: str) -> list[str]:
    """Return the words that stand in a column, for choosing from."""
    found = Entry.objects.order_by(column).values_list(column, flat=True).distinct()[:200]
    return [word for word in found if word]


@require_POST
@only_for(can_read_trail)
def check_trail(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and say what was found; the check itself is recorded."""
    finding = verify()
    with transaction.atomic():
        record(actor=request.user, verb="checked the trail", entries=finding.entries, problem=finding.problem)
    if finding.whole:
        messages.success(request, f"The trail is whole: {finding.entries} entries, each in its place.")
    else:
        messages.error(request, f"The trail is not whole. {finding.problem} Tell the system's owner now.")
    return redirect("trail")
