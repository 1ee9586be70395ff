"""One conversation: the whole page, or only its pane."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit.services import saw
from inbox.enums import Outcome, Urgency
from inbox.errors import InboxError
from inbox.models import Conversation, Message, Team
from inbox.presenters.page import NOTHING_TYPED, Typed, present_page
from inbox.views.asking import carry_filter, load, parse_number, wants_piece
from inbox.views.queue import describe_list
from staff.guards import acting
from staff.models import Member, Role
from triage.queries.routing import lacking, load_routes, needed

STATUS = {"already_claimed": 409, "not_holder": 409, "moved_on": 409, "not_allowed": 403}
DIALOGS = {"escalate", "resolve", "urgency", "tags", "assign", "take-over", "reopen"}


@require_GET
def show_conversation(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Show a conversation; the trail notes who read it."""
    conversation = load(request, conversation_id)
    saw(acting(request), conversation)
    return draw(request, conversation)


def draw(
    request: HttpRequest,
    conversation: Conversation,
    typed: Typed = NOTHING_TYPED,
    refusal: InboxError | None = None,
    dialog: str = "",
) -> HttpResponse:
    """Return the pane, within the whole console unless only a piece is asked for."""
    before = parse_number(request.GET.get("before", ""))
    try:
        page = present_page(conversation, acting(request), typed, before)
    except Message.DoesNotExist:
        raise Http404 from None
    wanted_dialog = dialog or request.GET.get("dialog", "")
    context = {
        "page": page,
        "page_name": "conversation",
        "refusal": refusal,
        "dialog": wanted_dialog if wanted_dialog in DIALOGS else "",
        "sent": request.POST,
        "filter_query": carry_filter(request),
        "teams": Team.objects.filter(is_active=True).order_by("is_outside", "name"),
        "outcomes": Outcome.choices,
        "urgencies": [(level.value, level.label) for level in reversed(Urgency)],
        # A dialog that is not drawn asks nothing.
        "colleagues": lambda: list_colleagues(acting(request), conversation),
    }
    status = STATUS.get(refusal.code, 422) if refusal else 200
    if wants_piece(request):
        return render(request, "inbox/pane_piece.html", context, status=status)
    context = {**describe_list(request, open_id=conversation.pk), **context}
    return render(request, "inbox/console.html", context, status=status)


@dataclass(frozen=True)
class Colleague:
    """Somebody to give a conversation to; `hint` says whether they can do what it needs."""

    pk: int
    name: str
    hint: str


def list_colleagues(member: Member, conversation: Conversation) -> list[Colleague]:
    """Return who else answers the public, those first who have every skill that the tags need."""
    working = Member.objects.filter(is_active=True, role__in=[Role.OPERATOR, Role.SUPERVISOR])
    needs = needed(conversation.tags, load_routes([conversation.tags]))
    people = [(lacking(needs, one.skills), one) for one in working.exclude(pk=member.pk)[:200]]
    people.sort(key=lambda pair: len(pair[0]))
    return [Colleague(one.pk, one.name, write_hint(one, needs, lacks)) for lacks, one in people]


def write_hint(member: Member, needs: list[str], lacks: list[str]) -> str:
    """Return where somebody is and, where skills are needed, whether they have them."""
    words = [member.get_presence_display().lower()]
    if needs:
        words.append(f"lacks {', '.join(lacks)}" if lacks else f"has {', '.join(needs)}")
    return ", ".join(words)
