"""Ask a permission before a view is entered: who may not see it is told that nothing is there."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse

from staff.models import Member

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def only_for(predicate: Callable[[Any], bool]) -> Callable[[View[P]], View[P]]:
    """Let a view be entered by members of whom `predicate` (staff.permissions) is true; 404 for others."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def entered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not predicate(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        return entered

    return guard


def acting(request: HttpRequest) -> Member:
    """Return the member who asks; 404 for strangers, whom no view of the desk lets in anyway."""
    if not isinstance(request.user, Member):
        raise Http404
    return request.user
