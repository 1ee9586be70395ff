"""What every page knows about the desk itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from desk.navigation import list_links
from desk.strip import describe_strip
from staff.models import Announcement, Presence
from staff.permissions import can_see_inbox

THEMES = {"light", "dark"}


def describe_desk(request: HttpRequest) -> dict[str, Any]:
    """Return the force's name, the theme, the rail and the truth strip; what asks the database is lazy."""
    theme = request.COOKIES.get("theme", "")
    member = getattr(request, "user", None)
    return {
        "force_name": settings.FORCE_NAME,
        "demo": settings.DESK_MODE == "demo",
        "path": request.path,
        "theme": theme if theme in THEMES else "",
        "rail": SimpleLazyObject(lambda: list_links(member, request.path)),
        "presences": Presence.choices,
        "may_see_inbox": can_see_inbox(member),
        "strip": SimpleLazyObject(lambda: describe_strip(member)),
        "announcements": SimpleLazyObject(
            lambda: list(Announcement.objects.filter(ended_at=None).select_related("author")[:3])
        ),
    }
