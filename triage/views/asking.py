"""What the workbench's views share: find a row or say 404, do a deed and say what came of it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from triage.errors import NeedsSecond, TriageError
from triage.models import Draft, DraftState, Version
from triage.services.shipped import take_in_shipped

Deed = Callable[[], object]


def find_draft(draft_id: int) -> Draft:
    """Return the draft with its parent; 404 when there is none."""
    return get_object_or_404(Draft.objects.select_related("parent", "author", "version"), pk=draft_id)


def find_version(number: int) -> Version:
    """Return the version of that number; 404 when there is none."""
    take_in_shipped()
    return get_object_or_404(Version.objects.select_related("author", "parent"), number=number)


def list_open_drafts() -> list[Draft]:
    """Return the drafts that are being written, newest first."""
    return list(Draft.objects.filter(state=DraftState.OPEN).select_related("parent", "author")[:50])


def refused(request: HttpRequest, refusal: TriageError, to: str, **where: object) -> HttpResponse:
    """Say why it was not done, and go to the page `to`."""
    messages.error(request, str(refusal))
    return redirect(reverse(to, kwargs=where))


def perform(request: HttpRequest, deed: Deed, said: str, to: str, **where: object) -> HttpResponse:
    """Do it, say what came of it, and go to the page `to`."""
    try:
        deed()
    except NeedsSecond as ask:
        messages.warning(request, str(ask))
    except TriageError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(reverse(to, kwargs=where))
