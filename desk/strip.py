"""The truth strip: the shift, the accounts in words, what I hold, what of mine is in doubt, what rings."""

import json
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from desk.accounts import AccountLine, list_accounts
from inbox.enums import ReplyState
from inbox.models import Conversation, Reply
from inbox.queries.alarms import list_alarms
from inbox.queries.queue import count_capped
from staff.models import Member
from staff.permissions import can_see_accounts, can_see_inbox
from staff.presence import find_on_desk
from staff.shifts import find_shift


@dataclass(frozen=True)
class Strip:
    """What the strip says to one member."""

    shift: str
    on_desk: int
    accounts: list[AccountLine]
    mine: int = 0
    in_doubt: int = 0
    in_doubt_url: str = ""
    alarms_json: str = "[]"


def describe_strip(member: Any) -> Strip | None:
    """Return the strip for a member; None for strangers."""
    if not isinstance(member, Member):
        return None
    lines = list_accounts() if can_see_accounts(member) else []
    doubtful = Reply.objects.filter(author=member, state=ReplyState.UNKNOWN)
    held = Conversation.objects.filter(holder=member)
    on_desk, mine, in_doubt = count_capped([find_on_desk(), held, doubtful])
    strip = Strip(shift=name_shift(), on_desk=on_desk, accounts=lines)
    if not can_see_inbox(member):
        return strip
    first = doubtful.values_list("conversation_id", flat=True).first() if in_doubt else None
    return replace(
        strip,
        mine=mine,
        in_doubt=in_doubt,
        in_doubt_url=reverse("conversation", args=[first]) if first else "",
        alarms_json=write_alarms(member),
    )


def name_shift() -> str:
    """Return the shift that runs now and when it ends."""
    shift = find_shift(timezone.now())
    return f"{shift.name} shift until {shift.end:%H:%M}"


def write_alarms(member: Member) -> str:
    """Return what rings for the member as JSON for the page's script: ids, since when, how urgent."""
    rows = [{"id": one.id, "since": one.since.isoformat(), "level": one.level} for one in list_alarms(member)]
    return json.dumps(rows)


@require_GET
def show_strip(request: HttpRequest) -> HttpResponse:
    """Return the strip's parts for a page that stands."""
    return render(request, "partials/strip_parts.html")
