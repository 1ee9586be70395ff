"""The announcements on their own, for pages that stand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def show_announcements(request: HttpRequest) -> HttpResponse:
    """Return what is announced now."""
    return render(request, "partials/announcements.html")
