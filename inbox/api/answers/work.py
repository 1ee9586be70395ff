"""What staff do about it, as scripts are shown it."""

from typing import Any

from rest_framework import serializers

from inbox.api.answers.messages import AttachmentShown
from inbox.models import Team


class NoteShown(serializers.Serializer[Any]):
    """What staff wrote beside it."""

    id = serializers.IntegerField()
    author = serializers.CharField(source="author.name")
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class ReplyShown(serializers.Serializer[Any]):
    """A reply and what became of it."""

    id = serializers.IntegerField()
    conversation = serializers.IntegerField(source="conversation_id")
    author = serializers.CharField(source="author.name")
    text = serializers.CharField()
    visibility = serializers.CharField()
    state = serializers.CharField()
    idempotency_key = serializers.CharField(source="key")
    created_at = serializers.DateTimeField()
    not_before = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    remote_id = serializers.CharField()
    url = serializers.CharField(source="remote_url")
    error = serializers.CharField(source="error_text")
    after = serializers.IntegerField(source="after_id", allow_null=True)
    files = AttachmentShown(many=True)


class EscalationShown(serializers.Serializer[Any]):
    """What was handed to a team."""

    id = serializers.IntegerField()
    team = serializers.CharField(source="team.name")
    author = serializers.CharField(source="author.name")
    text = serializers.CharField()
    state = serializers.CharField()
    created_at = serializers.DateTimeField()
    incident_number = serializers.CharField()
    reason = serializers.CharField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField()


class TeamShown(serializers.ModelSerializer[Team]):
    """A team to which conversations can be handed."""

    class Meta:
        model = Team
        fields = ["id", "name", "is_outside"]


class ClaimShown(serializers.Serializer[Any]):
    """A claim that stands."""

    id = serializers.IntegerField()
    holder = serializers.CharField(allow_null=True)
    held_until = serializers.DateTimeField(allow_null=True)
    fence = serializers.IntegerField()
    version = serializers.IntegerField()


class ErrorFacts(serializers.Serializer[Any]):
    """A refusal: a code for scripts, a sentence for people, and facts such as `holder` or `version`."""

    code = serializers.CharField()
    sentence = serializers.CharField()


class ErrorShown(serializers.Serializer[Any]):
    """Every refusal has this shape."""

    error = ErrorFacts()


class TeamPage(serializers.Serializer[Any]):
    """All teams."""

    results = TeamShown(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
