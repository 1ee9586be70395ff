"""The rail: which rooms a member may enter, by the same predicates that the rooms themselves ask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from staff import permissions


@dataclass(frozen=True)
class Place:
    """One entry of the rail; `name` is the address's name, `also` other paths that belong to it."""

    name: str
    label: str
    icon: str
    allowed: Callable[[Any], bool]
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """One entry as it is drawn."""

    label: str
    icon: str
    url: str
    current: bool


PLACES = (
    Place("queue", "Inbox", "inbox", permissions.can_see_inbox, also=("/c/", "/search/")),
    Place("shift", "Shift", "clock", permissions.can_run_shift),
    Place("rules", "Triage", "sliders-horizontal", permissions.can_see_rules, also=("/alarms/",)),
    Place("accounts", "Accounts", "plug", permissions.can_see_accounts),
    Place("members", "Staff", "users", permissions.can_manage_staff),
    Place("teams", "Teams", "siren", permissions.can_manage_teams),
    Place("trail", "Trail", "scroll-text", permissions.can_read_trail),
)


def list_links(member: Any, path: str) -> list[Link]:
    """Return the rail for this member on this page."""
    links = []
    for place in PLACES:
        if not place.allowed(member):
            continue
        try:
            url = reverse(place.name)
        except NoReverseMatch:  # a room that this desk does not have
            continue
        starts = (url, *place.also) if url != "/" else place.also
        current = path == url or any(path.startswith(start) for start in starts)
        links.append(Link(place.label, place.icon, url, current))
    return links
