"""Conversations, as scripts are shown them, in stable names."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inbox.api.answers.messages import MessageShown, ReasonShown, read_reasons
from inbox.api.answers.work import EscalationShown, NoteShown, ReplyShown
from inbox.api.words import write_level
from inbox.models import Conversation
from inbox.queries.queue import get_address


class AccountShown(serializers.Serializer[Any]):
    """Our own identity, in short."""

    id = serializers.IntegerField()
    channel = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()


class PersonShown(serializers.Serializer[Any]):
    """Who writes."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    address = serializers.CharField()


class ConversationShown(serializers.Serializer[Any]):
    """A conversation as a list shows it. `reasons` are those of the message that weighs most."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.CharField()
    urgency = serializers.SerializerMethodField()
    unjudged = serializers.BooleanField()
    score = serializers.FloatField()
    reasons = serializers.SerializerMethodField()
    holder = serializers.CharField(source="holder.name", default=None, allow_null=True)
    held_until = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    fence = serializers.IntegerField()
    account = AccountShown()
    person = serializers.SerializerMethodField()
    visibility = serializers.CharField()
    subject = serializers.CharField()
    excerpt = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    waiting_since = serializers.DateTimeField(allow_null=True)
    last_message_at = serializers.DateTimeField()
    first_reply_due_at = serializers.DateTimeField(allow_null=True)
    first_replied_at = serializers.DateTimeField(allow_null=True)
    reply_trouble = serializers.BooleanField()
    escalation_pending = serializers.BooleanField()
    incident_number = serializers.CharField()
    outcome = serializers.CharField()
    outcome_reason = serializers.CharField()
    resolved_at = serializers.DateTimeField(allow_null=True)

    def get_urgency(self, row: Conversation) -> str:
        """Return the level as a word."""
        return write_level(row.urgency)

    @extend_schema_field(ReasonShown(many=True))
    def get_reasons(self, row: Conversation) -> list[dict[str, Any]]:
        """Return the reasons that the view has loaded for the whole page at once."""
        return read_reasons(self.context["verdicts"].get(row.pk, {}))

    @extend_schema_field(PersonShown)
    def get_person(self, row: Conversation) -> dict[str, Any]:
        """Return who writes, with the handle on this channel."""
        return {"id": row.person_id, "name": row.person.name, "address": get_address(row)}


class ConversationWhole(ConversationShown):
    """A conversation with what was said: the newest messages, oldest first.

    `earlier` is what to pass as `before` for the messages above; null when all are here.
    """

    messages = MessageShown(many=True)
    replies = ReplyShown(many=True)
    notes = NoteShown(many=True)
    escalations = EscalationShown(many=True)
    earlier = serializers.IntegerField(allow_null=True)


class ConversationPage(serializers.Serializer[Any]):
    """A page of a list; `next` and `previous` are whole addresses."""

    results = ConversationShown(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
