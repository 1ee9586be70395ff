"""What is decided about a conversation: notes, urgency, tags, escalations, its end."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from inbox.models import Escalation, Message
from inbox.services import act, escalate, grade, note, resolve, tag
from inbox.views.actions import perform
from inbox.views.asking import read_number, read_text
from staff.guards import acting, only_for
from staff.permissions import can_work_inbox


@require_POST
@only_for(can_work_inbox)
def add_note(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Leave a note that only the desk sees."""

    def deed() -> None:
        note.add_note(actor=acting(request), conversation_id=conversation_id, text=read_text(request, "text"))

    return perform(request, conversation_id, deed, "")


@require_POST
@only_for(can_work_inbox)
def change_urgency(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Set the urgency, with the reason."""

    def deed() -> None:
        urgency = read_number(request, "urgency")
        grade.change_urgency(
            actor=acting(request),
            conversation_id=conversation_id,
            urgency=-1 if urgency is None else urgency,
            reason=read_text(request, "reason"),
        )

    return perform(request, conversation_id, deed, "The urgency is changed.", "urgency")


@require_POST
@only_for(can_work_inbox)
def set_tags(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Set the tags, given with commas between them."""

    def deed() -> None:
        tags = [part.strip() for part in read_text(request, "tags").split(",") if part.strip()]
        tag.set_tags(actor=acting(request), conversation_id=conversation_id, tags=tags)

    return perform(request, conversation_id, deed, "The tags are changed.", "tags")


@require_POST
@only_for(can_work_inbox)
def escalate_it(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Hand it to a team, which is told until it acknowledges."""

    def deed() -> None:
        escalate.escalate(
            actor=acting(request),
            conversation_id=conversation_id,
            team_id=read_number(request, "team") or 0,
            text=read_text(request, "text"),
        )

    return perform(
        request, conversation_id, deed, "It is escalated. The team is told until it answers.", "escalate"
    )


@require_POST
@only_for(can_work_inbox)
def resolve_it(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """End it with an outcome."""

    def deed() -> None:
        resolve.resolve(
            actor=acting(request),
            conversation_id=conversation_id,
            outcome=read_text(request, "outcome"),
            incident_number=read_text(request, "incident_number").strip(),
            reason=read_text(request, "reason").strip(),
        )

    return perform(request, conversation_id, deed, "It is resolved.", "resolve")


@require_POST
@only_for(can_work_inbox)
def reopen_it(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Put it back in front of the desk."""

    def deed() -> None:
        resolve.reopen(
            actor=acting(request),
            conversation_id=conversation_id,
            reason=read_text(request, "reason").strip(),
        )

    return perform(request, conversation_id, deed, "It is open again.", "reopen")


@require_POST
@only_for(can_work_inbox)
def acknowledge_it(request: HttpRequest, escalation_id: int) -> HttpResponse:
    """Write down the answer that a team gave by telephone."""

    def deed() -> None:
        escalate.acknowledge(
            escalation_id=escalation_id,
            by=f"{acting(request).name}, told by the team",
            incident_number=read_text(request, "incident_number").strip(),
            reason=read_text(request, "reason").strip(),
            actor=acting(request),
        )

    return perform(request, find_home(escalation_id), deed, "The team's answer is written down.")


@require_POST
@only_for(can_work_inbox)
def withdraw_it(request: HttpRequest, escalation_id: int) -> HttpResponse:
    """Tell a team that it is no longer needed."""

    def deed() -> None:
        escalate.withdraw(
            actor=acting(request), escalation_id=escalation_id, reason=read_text(request, "reason").strip()
        )

    return perform(request, find_home(escalation_id), deed, "The escalation is withdrawn.")


@require_POST
@only_for(can_work_inbox)
def act_on_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Hide or like a message, or take that back."""
    home = Message.objects.filter(pk=message_id).values_list("conversation_id", flat=True).first()
    if home is None:
        raise Http404

    def deed() -> None:
        act.act(
            actor=acting(request),
            message_id=message_id,
            kind=read_text(request, "kind"),
            undo=read_text(request, "undo") == "yes",
        )

    return perform(request, home, deed, "")


def find_home(escalation_id: int) -> int:
    """Return the conversation of an escalation, or 404."""
    found = Escalation.objects.filter(pk=escalation_id).values_list("conversation_id", flat=True).first()
    if found is None:
        raise Http404
    return int(found)
