"""What every page knows about the desk itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def describe_desk(request: HttpRequest) -> dict[str, Any]:
    """Return the force's name and whether this is a demonstration."""
    return {"force_name": settings.FORCE_NAME, "demo": settings.DESK_MODE == "demo", "path": request.path}
