"""What the API's views share: who asks, and what they sent."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from inbox.api.answers import ErrorShown
from inbox.api.permissions import WorksInInbox
from inbox.models import Conversation
from inbox.queries.conversation import load_conversation
from inbox.queries.verdicts import load_verdicts
from staff.models import Member

# Longer ones name no row, and some are longer than a number may be.
ROW_ID = r"[0-9]{1,18}"
ERRORS = {code: ErrorShown for code in (403, 404, 409, 422)}


def get_member(request: Request) -> Member:
    """Return who asks; the framework has let nobody in who is not a member."""
    member = request.user
    if not isinstance(member, Member):
        raise TypeError("Only members of staff get this far.")
    return member


def read_body(request: Request, shape: type[Serializer[Any]]) -> dict[str, Any]:
    """Return what was sent, in the shape; the framework's ValidationError names what is wrong."""
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    sent: dict[str, Any] = body.validated_data
    return sent


class InboxView(GenericViewSet[Conversation]):
    """A view on conversations. Rules and permissions are the services' and the loader's."""

    queryset = Conversation.objects.none()
    permission_classes = [WorksInInbox]
    lookup_value_regex = ROW_ID

    def load(self, request: Request, pk: str) -> Conversation:
        """Return the conversation; 404 when the member may not see it."""
        return load_conversation(get_member(request), int(pk))

    def describe(self, row: Conversation, shape: type[Serializer[Any]]) -> dict[str, Any]:
        """Return a conversation in the shape, with its reasons."""
        return dict(shape(row, context={"verdicts": load_verdicts([row.pk])}).data)
