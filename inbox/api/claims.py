"""Claims for scripts."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api import answers, requests
from inbox.api.base import ERRORS, InboxView, get_member, read_body
from inbox.errors import BadInput
from inbox.services import claim as claiming
from staff.models import Member

CLAIM = {200: answers.ClaimShown, **ERRORS}


class ClaimDeeds(InboxView):
    """Claim, release, take over, assign."""

    @extend_schema(request=None, responses=CLAIM)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: str) -> Response:
        """Hold it, or go on holding it; 409 `already_claimed` with the holder's name."""
        claiming.claim(actor=get_member(request), conversation_id=int(pk))
        return self.show_claim(request, pk)

    @extend_schema(request=None, responses=CLAIM)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Let go of it."""
        claiming.release(actor=get_member(request), conversation_id=int(pk))
        return self.show_claim(request, pk)

    @extend_schema(request=requests.ReasonBody, responses=CLAIM)
    @action(detail=True, methods=["post"], url_path="take-over")
    def take_over(self, request: Request, pk: str) -> Response:
        """Take it from whoever holds it: supervisors at once, operators once the claim has run out."""
        sent = read_body(request, requests.ReasonBody)
        claiming.take_over(actor=get_member(request), conversation_id=int(pk), **sent)
        return self.show_claim(request, pk)

    @extend_schema(request=requests.AssignBody, responses=CLAIM)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        """Give it to a colleague."""
        sent = read_body(request, requests.AssignBody)
        to = Member.objects.filter(username=sent["to"].lower(), is_active=True).first()
        if to is None:
            raise BadInput("Nobody here has that sign-in name.", field="to")
        claiming.assign(actor=get_member(request), conversation_id=int(pk), to=to)
        return self.show_claim(request, pk)

    def show_claim(self, request: Request, pk: str) -> Response:
        """Answer with the claim as it is now."""
        row = self.load(request, pk)
        facts = {name: getattr(row, name) for name in ("id", "held_until", "fence", "version")}
        holder = row.holder.name if row.holder else None
        return Response(answers.ClaimShown({**facts, "holder": holder}).data)
