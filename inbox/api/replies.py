"""Replies, escalations and teams for scripts."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from inbox.api import answers, requests
from inbox.api.base import ERRORS, ROW_ID, get_member, read_body
from inbox.api.permissions import WorksInInbox
from inbox.errors import NotAllowed
from inbox.models import Escalation, Reply, Team
from inbox.services.escalate import acknowledge, withdraw
from inbox.services.reply import confirm_sent, send_again, take_back
from staff.permissions import can_see_inbox

REPLY, ESCALATION = {200: answers.ReplyShown, **ERRORS}, {200: answers.EscalationShown, **ERRORS}
TEAMS = {200: forced_singular_serializer(answers.TeamPage), **ERRORS}  # type: ignore[no-untyped-call]


class Replies(GenericViewSet[Reply]):
    """What becomes of a reply, and what people do about it."""

    queryset = Reply.objects.none()
    permission_classes = [WorksInInbox]
    lookup_value_regex = ROW_ID

    @extend_schema(responses=REPLY)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a reply and its state."""
        return self.show(request, pk)

    @extend_schema(request=None, responses=REPLY)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        """Stop it while it has not left."""
        take_back(actor=get_member(request), reply_id=int(pk))
        return self.show(request, pk)

    @extend_schema(request=requests.LinkBody, responses=REPLY)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """It is there: settle a reply of unknown fate."""
        sent = read_body(request, requests.LinkBody)
        confirm_sent(actor=get_member(request), reply_id=int(pk), **sent)
        return self.show(request, pk)

    @extend_schema(request=requests.ReasonBody, responses=REPLY)
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, pk: str) -> Response:
        """It is not there: send it again, with a reason."""
        sent = read_body(request, requests.ReasonBody)
        send_again(actor=get_member(request), reply_id=int(pk), **sent)
        return self.show(request, pk)

    def show(self, request: Request, pk: str) -> Response:
        """Answer with the reply as it is now; 404 for those who may not see it."""
        rows = visible(request, Reply.objects.select_related("author"))
        return Response(answers.ReplyShown(rows.get(pk=int(pk))).data)


class Escalations(GenericViewSet[Escalation]):
    """What was handed to a team."""

    queryset = Escalation.objects.none()
    permission_classes = [WorksInInbox]
    lookup_value_regex = ROW_ID

    @extend_schema(responses=ESCALATION)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show an escalation."""
        return self.show(request, pk)

    @extend_schema(request=requests.AcknowledgeBody, responses=ESCALATION)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Record that the team has it, with an incident number or a reason."""
        sent, member = read_body(request, requests.AcknowledgeBody), get_member(request)
        by = sent.pop("by") or member.name
        acknowledge(escalation_id=int(pk), by=by, actor=member, **sent)
        return self.show(request, pk)

    @extend_schema(request=requests.ReasonBody, responses=ESCALATION)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take it back from the team."""
        sent = read_body(request, requests.ReasonBody)
        withdraw(actor=get_member(request), escalation_id=int(pk), **sent)
        return self.show(request, pk)

    def show(self, request: Request, pk: str) -> Response:
        """Answer with the escalation as it is now; 404 for those who may not see it."""
        rows = visible(request, Escalation.objects.select_related("author", "team"))
        return Response(answers.EscalationShown(rows.get(pk=int(pk))).data)


class Teams(GenericViewSet[Team]):
    """To whom conversations can be handed."""

    permission_classes = [WorksInInbox]
    queryset = Team.objects.none()
    pagination_class = None

    @extend_schema(responses=TEAMS)
    def list(self, request: Request) -> Response:
        """List the teams, by name; all of them fit on one page."""
        if not can_see_inbox(get_member(request)):
            raise NotAllowed("You may not read conversations.")
        rows = answers.TeamShown(Team.objects.filter(is_active=True), many=True).data
        return Response({"results": rows, "next": None, "previous": None})


def visible(request: Request, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows, or none for those who may not see the inbox."""
    return rows if can_see_inbox(get_member(request)) else rows.none()
