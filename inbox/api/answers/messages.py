"""What was said, as scripts are shown it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inbox.api.words import write_level
from inbox.models import Attachment, Message


class ReasonShown(serializers.Serializer[Any]):
    """One thing that moved the score; `span` counts code points of the message."""

    rule = serializers.CharField()
    title = serializers.CharField()
    category = serializers.CharField()
    weight = serializers.FloatField()
    span = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    quote = serializers.CharField()
    modifier = serializers.CharField(allow_null=True)


class AttachmentShown(serializers.ModelSerializer[Attachment]):
    """A file that came with a message."""

    class Meta:
        model = Attachment
        fields = ["id", "name", "media_type", "size", "state", "alternative", "problem"]


class MessageShown(serializers.Serializer[Any]):
    """One thing said."""

    id = serializers.IntegerField()
    remote_id = serializers.CharField()
    direction = serializers.CharField()
    visibility = serializers.CharField()
    author = serializers.SerializerMethodField()
    address = serializers.SerializerMethodField()
    subject = serializers.CharField()
    text = serializers.CharField()
    quoted = serializers.CharField()
    form = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(), min_length=2, max_length=2),
        help_text="What somebody filled in on a web page: pairs of label and value.",
    )
    url = serializers.CharField()
    in_reply_to = serializers.CharField()
    written_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted_at = serializers.DateTimeField(allow_null=True)
    unreadable = serializers.BooleanField()
    automatic = serializers.BooleanField()
    altered = serializers.BooleanField()
    urgency = serializers.SerializerMethodField()
    score = serializers.FloatField()
    reasons = serializers.SerializerMethodField()
    attachments = AttachmentShown(many=True)

    def get_author(self, row: Message) -> str:
        """Return the name of whoever wrote it."""
        return row.author.name if row.author else (row.handle.name if row.handle else "")

    def get_address(self, row: Message) -> str:
        """Return the handle under which a member of the public wrote."""
        return row.handle.address if row.handle else ""

    def get_urgency(self, row: Message) -> str:
        """Return triage's level for this message."""
        return write_level(row.level)

    @extend_schema_field(ReasonShown(many=True))
    def get_reasons(self, row: Message) -> list[dict[str, Any]]:
        """Return triage's reasons for this message."""
        return read_reasons(row.verdict)


def read_reasons(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the reasons of a stored verdict; an unjudged message has none."""
    reasons = verdict.get("reasons")
    return reasons if isinstance(reasons, list) else []
