"""Error pages that say what happened, what was kept and what to press; JSON for scripts."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

SENTENCES = {
    400: "The request could not be understood. Nothing was changed.",
    403: "You may not do that. Nothing was changed.",
    404: "There is nothing here that you may see.",
    500: "Something went wrong at the desk. What you had typed is still in its draft.",
}


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """Return the page, or JSON for the API."""
    if request.path.startswith("/api/"):
        return JsonResponse({"error": {"code": str(status), "sentence": SENTENCES[status]}}, status=status)
    context = {"status": status, "sentence": SENTENCES[status]}
    return render(request, "errors/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what is not there and for what may not be seen."""
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return answer(request, 500)
