"""What scripts send. Only shape is checked here; what may be done is the services' to say."""

from typing import Any

from rest_framework import serializers

from inbox.api.words import CHOICES
from inbox.enums import Outcome, Visibility
from inbox.errors import BadInput
from inbox.services.attach import Upload

MOST_FILES, MOST_BYTES = 20, 60_000_000


class SentText(serializers.CharField):
    """Text as it was sent: the services trim it and say what is wrong with it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "allow_blank": True, **options})


class ReplyBody(serializers.Serializer[Any]):
    """A reply. `seen_version` and `fence` are optional: with them a stale script is stopped.

    Files come with multipart/form-data; with them the text may be empty.
    """

    text = SentText(default="")
    visibility = serializers.ChoiceField(choices=Visibility.choices)
    idempotency_key = serializers.CharField(max_length=80, required=False)
    seen_version = serializers.IntegerField(required=False, allow_null=True, default=None)
    fence = serializers.IntegerField(required=False, allow_null=True, default=None)
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), required=False, max_length=MOST_FILES
    )
    alternatives = serializers.ListField(
        child=SentText(),
        required=False,
        max_length=MOST_FILES,
        help_text="What each picture shows, in the order of the files.",
    )


class TextBody(serializers.Serializer[Any]):
    """A note."""

    text = SentText()


class ReasonBody(serializers.Serializer[Any]):
    """A reason in words."""

    reason = SentText(default="")


class AssignBody(serializers.Serializer[Any]):
    """The colleague who is to hold it, by sign-in name."""

    to = serializers.CharField(max_length=60)


class EscalateBody(serializers.Serializer[Any]):
    """The team (its id, or its name) and what it should know."""

    team_id = serializers.IntegerField(required=False)
    team = serializers.CharField(required=False, max_length=120)
    text = SentText()


class AcknowledgeBody(serializers.Serializer[Any]):
    """Who acknowledges, with an incident number or a reason."""

    by = SentText(default="")
    incident_number = SentText(default="")
    reason = SentText(default="")


class ResolveBody(serializers.Serializer[Any]):
    """How it ended."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    incident_number = SentText(default="")
    reason = SentText(default="")
    seen_version = serializers.IntegerField(required=False, allow_null=True, default=None)


class UrgencyBody(serializers.Serializer[Any]):
    """The level and why."""

    urgency = serializers.ChoiceField(choices=CHOICES)
    reason = SentText()


class TagsBody(serializers.Serializer[Any]):
    """All tags that it is to have."""

    tags = serializers.ListField(child=SentText(), max_length=100)


class LinkBody(serializers.Serializer[Any]):
    """Where a reply was seen."""

    url = SentText(default="")


def read_uploads(sent: dict[str, Any]) -> tuple[Upload, ...]:
    """Return the files of a reply, each with what stands for it; takes both lists out of `sent`."""
    files, words = sent.pop("files", []), sent.pop("alternatives", [])
    if sum(file.size for file in files) > MOST_BYTES:
        raise BadInput("The files are too large. Nothing was sent.", field="files")
    words += [""] * (len(files) - len(words))
    return tuple(
        Upload(name=str(file.name), content=file.read(), alternative=words[place])
        for place, file in enumerate(files)
    )
