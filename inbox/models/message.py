"""What was said, its untouched source, its files and what it said before it was edited."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left

from inbox.enums import AttachmentState, Direction, Urgency, Visibility
from inbox.models.conversation import Conversation
from inbox.models.people import Handle


class RawPayload(models.Model):
    """What the channel gave us, byte for byte; never changed. `problem` says why it could not be read."""

    account = models.ForeignKey("connectors.Account", on_delete=models.PROTECT, related_name="+")
    remote_id = models.CharField(max_length=500)
    body = models.BinaryField()
    sha256 = models.BinaryField(max_length=32)
    media_type = models.CharField(max_length=60, default="application/json")
    problem = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "remote_id", "sha256"], name="payload_once"),
        ]

    def __str__(self) -> str:
        return self.remote_id


class Message(models.Model):
    """One thing said, in or out, on the channel. Unique by account and the channel's own id."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    account = models.ForeignKey("connectors.Account", on_delete=models.PROTECT, related_name="+")
    remote_id = models.CharField(max_length=500)
    raw = models.ForeignKey(RawPayload, null=True, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=8, choices=Direction.choices)
    visibility = models.CharField(max_length=8, choices=Visibility.choices)
    handle = models.ForeignKey(Handle, null=True, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    in_reply_to = models.CharField(max_length=500, blank=True)
    # What later messages call it, where that is not the remote id (a mail's Message-ID); it may repeat.
    known_as = models.CharField(max_length=500, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    # Quoted text and signatures that a mail carried along: folded away, never lost.
    quoted = models.TextField(blank=True)
    html = models.TextField(blank=True)
    # The fields of a form, as pairs of label and value; see inbox.incoming.Incoming.
    form = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    url = models.CharField(max_length=1000, blank=True)
    # Characters that cannot be stored or would mislead were made visible; the payload is untouched.
    altered = models.BooleanField(default=False)
    unreadable = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)
    # Written while the desk was cut off from the channel, and collected afterwards.
    late = models.BooleanField(default=False, db_default=False)
    written_at = models.DateTimeField()
    received_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    # What the channel allows in answer to this very message: see inbox.incoming.ReplyTerms.
    terms = models.JSONField(default=dict, blank=True)

    level = models.SmallIntegerField(choices=Urgency.choices, default=Urgency.NONE)
    score = models.FloatField(default=0)
    verdict = models.JSONField(default=dict, blank=True)
    search = models.GeneratedField(
        # PostgreSQL refuses search vectors over 1 MB; the head of a text is what people search for.
        expression=SearchVector("subject", Left("text", 100_000), config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "remote_id"], name="message_once"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="message_direction"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="message_visibility"),
        ]
        indexes = [
            models.Index(fields=["conversation", "received_at", "id"], name="thread_order"),
            GinIndex(fields=["search"], name="message_search"),
            models.Index(fields=["received_at"], name="message_arrival"),
            models.Index(fields=["account", "known_as"], name="message_known_as", condition=~Q(known_as="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()}: {self.text[:40]}"


class MessageEdit(models.Model):
    """What a message said before its author changed it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="edits")
    text = models.TextField()
    verdict = models.JSONField(default=dict)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["replaced_at", "id"]

    def __str__(self) -> str:
        return self.text[:40]


class Attachment(models.Model):
    """A file that came with a message or goes out with a reply; stored under a name of ours.

    One that goes out belongs first to a draft, then to the reply, and to the message too once that is sent.
    """

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
    draft = models.ForeignKey(
        "inbox.Draft", null=True, blank=True, on_delete=models.CASCADE, related_name="files"
    )
    reply = models.ForeignKey(
        "inbox.Reply", null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    name = models.CharField(max_length=255, blank=True)
    media_type = models.CharField(max_length=120, default="application/octet-stream")
    size = models.BigIntegerField(default=0)
    sha256 = models.BinaryField(max_length=32, null=True)
    stored_as = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=2000, blank=True)
    alternative = models.CharField(max_length=1000, blank=True)
    content_id = models.CharField(max_length=200, blank=True, db_default="")
    state = models.CharField(max_length=8, choices=AttachmentState.choices, default=AttachmentState.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=AttachmentState.STORED) | ~Q(stored_as=""),
                name="attachment_stored_somewhere",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="attachment_due", condition=Q(state=AttachmentState.WAITING)
            )
        ]

    def __str__(self) -> str:
        return self.name
