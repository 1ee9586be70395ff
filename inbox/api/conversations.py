"""Conversations for scripts: read, and the same deeds as the pages."""

from typing import Any
from uuid import uuid4

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api import answers, requests
from inbox.api.base import ERRORS, get_member, read_body
from inbox.api.claims import ClaimDeeds
from inbox.api.filters import read_filter
from inbox.api.paging import read_limit, wrap
from inbox.api.parsing import JSONBody
from inbox.api.words import read_level
from inbox.errors import BadInput, NotAllowed
from inbox.models import Conversation, Reply, Team
from inbox.queries.queue import list_queue
from inbox.queries.timeline import load_timeline
from inbox.queries.verdicts import load_verdicts
from inbox.services.escalate import escalate
from inbox.services.grade import change_urgency
from inbox.services.note import add_note
from inbox.services.read import read_conversation
from inbox.services.reply import ReplyRequest, reply
from inbox.services.resolve import reopen, resolve
from inbox.services.tag import set_tags
from staff.permissions import can_see_inbox

PLACES = [
    OpenApiParameter("state", str, enum=["open", "waiting", "escalated", "resolved"]),
    OpenApiParameter("tab", str, enum=["queue", "mine", "escalated", "waiting", "all"]),
    OpenApiParameter("urgency", str, enum=["critical", "urgent", "routine", "none"]),
    OpenApiParameter("q", str, description="Words, a person's name or address, or a number."),
    OpenApiParameter("channel", str),
    OpenApiParameter("account", int),
    OpenApiParameter("tag", str),
    OpenApiParameter("cursor", str, description="From `next` or `previous`."),
    OpenApiParameter("limit", int),
]
LISTED = {200: forced_singular_serializer(answers.ConversationPage), **ERRORS}  # type: ignore[no-untyped-call]
SHOWN = {200: answers.ConversationShown, **ERRORS}


class Conversations(ClaimDeeds):
    """The desk's conversations."""

    @extend_schema(parameters=PLACES, responses=LISTED, operation_id="list_conversations")
    def list(self, request: Request) -> Response:
        """List conversations: open ones in the queue's order, all others newest first."""
        member = get_member(request)
        if not can_see_inbox(member):
            raise NotAllowed("You may not read conversations.")
        wanted = read_filter(request.query_params)
        page = list_queue(member, wanted, request.query_params.get("cursor"), read_limit(request))
        context = {"verdicts": load_verdicts(row.pk for row in page.rows)}
        rows = answers.ConversationShown(page.rows, many=True, context=context).data
        return Response(wrap(request, page, list(rows)))

    @extend_schema(
        parameters=[OpenApiParameter("before", int)], responses={200: answers.ConversationWhole, **ERRORS}
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a conversation with its newest messages; it stands in the trail who read it."""
        row = read_conversation(actor=get_member(request), conversation_id=int(pk))
        return Response(self.describe_whole(row, request.query_params.get("before")))

    @extend_schema(
        request={"application/json": requests.ReplyBody, "multipart/form-data": requests.ReplyBody},
        responses={201: answers.ReplyShown, **ERRORS},
    )
    @action(detail=True, methods=["post"], parser_classes=[JSONBody, MultiPartParser])
    def reply(self, request: Request, pk: str) -> Response:
        """Answer the public. The same `idempotency_key` (or Idempotency-Key header) again: the same reply."""
        sent = read_body(request, requests.ReplyBody)
        key = sent.pop("idempotency_key", "") or request.headers.get("Idempotency-Key") or uuid4().hex
        wanted = ReplyRequest(key=key, uploads=requests.read_uploads(sent), **sent)
        row = reply(actor=get_member(request), conversation_id=int(pk), request=wanted)
        return Response(answers.ReplyShown(row).data, status=201)

    @extend_schema(request=requests.TextBody, responses={201: answers.NoteShown, **ERRORS})
    @action(detail=True, methods=["post"])
    def note(self, request: Request, pk: str) -> Response:
        """Write what only staff can read."""
        sent = read_body(request, requests.TextBody)
        row = add_note(actor=get_member(request), conversation_id=int(pk), **sent)
        return Response(answers.NoteShown(row).data, status=201)

    @extend_schema(request=requests.EscalateBody, responses={201: answers.EscalationShown, **ERRORS})
    @action(detail=True, methods=["post"])
    def escalate(self, request: Request, pk: str) -> Response:
        """Hand it to a team until they acknowledge it."""
        sent = read_body(request, requests.EscalateBody)
        team = find_team(sent)
        row = escalate(actor=get_member(request), conversation_id=int(pk), team_id=team, text=sent["text"])
        return Response(answers.EscalationShown(row).data, status=201)

    @extend_schema(request=requests.ResolveBody, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """End it with an outcome."""
        sent = read_body(request, requests.ResolveBody)
        resolve(actor=get_member(request), conversation_id=int(pk), **sent)
        return self.show(request, pk)

    @extend_schema(request=requests.ReasonBody, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Put it back into the queue, with a reason."""
        sent = read_body(request, requests.ReasonBody)
        reopen(actor=get_member(request), conversation_id=int(pk), **sent)
        return self.show(request, pk)

    @extend_schema(request=requests.UrgencyBody, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def urgency(self, request: Request, pk: str) -> Response:
        """Grade it by hand, with a reason."""
        sent = read_body(request, requests.UrgencyBody)
        level = int(read_level(sent["urgency"]))
        change_urgency(
            actor=get_member(request), conversation_id=int(pk), urgency=level, reason=sent["reason"]
        )
        return self.show(request, pk)

    @extend_schema(request=requests.TagsBody, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def tags(self, request: Request, pk: str) -> Response:
        """Replace its tags."""
        sent = read_body(request, requests.TagsBody)
        set_tags(actor=get_member(request), conversation_id=int(pk), tags=sent["tags"])
        return self.show(request, pk)

    def show(self, request: Request, pk: str) -> Response:
        """Answer with the conversation as it is now."""
        return Response(self.describe(self.load(request, pk), answers.ConversationShown))

    def describe_whole(self, row: Conversation, before: str | None) -> dict[str, Any]:
        """Return the conversation with a page of its timeline."""
        if before is not None and not (before.isascii() and before.isdigit() and len(before) < 19):
            raise BadInput("before is a message's id.", field="before")
        timeline = load_timeline(row, int(before) if before else None)
        kinds: dict[str, Any] = {
            kind: [item.row for item in timeline.items if item.kind == kind]
            for kind in ("message", "note", "escalation")
        }
        sent = Reply.objects.filter(conversation=row).select_related("author").order_by("created_at", "id")
        sent = sent.prefetch_related("files")
        return {
            **self.describe(row, answers.ConversationShown),
            "messages": answers.MessageShown(kinds["message"], many=True).data,
            "replies": answers.ReplyShown(sent, many=True).data,
            "notes": answers.NoteShown(kinds["note"], many=True).data,
            "escalations": answers.EscalationShown(kinds["escalation"], many=True).data,
            "earlier": timeline.earlier,
        }


def find_team(sent: dict[str, Any]) -> int:
    """Return the team's id from its id or its name; 0 when neither is known."""
    if sent.get("team_id"):
        return int(sent["team_id"])
    named = Team.objects.filter(name__iexact=sent.get("team", ""), is_active=True)
    return named.values_list("pk", flat=True).first() or 0
