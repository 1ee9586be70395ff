"""The outbox: what staff write, on its way to the public."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.enums import ReplyState, Visibility
from inbox.models.conversation import Conversation
from inbox.models.message import Message


class Reply(models.Model):
    """An outgoing message on its way. The row is committed before any byte leaves (quality rule 4)."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answers = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="+")
    message = models.OneToOneField(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="reply"
    )
    # Where a channel carries a text or a file, the rest of an answer waits until this part is sent.
    after = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next_parts"
    )
    text = models.TextField(blank=True)
    visibility = models.CharField(max_length=8, choices=Visibility.choices)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ReplyState.choices, default=ReplyState.QUEUED)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_fence = models.BigIntegerField(default=0)
    # Chosen before the first attempt where the channel lets us choose (a mail's Message-ID).
    chosen_id = models.CharField(max_length=500, blank=True)
    remote_id = models.CharField(max_length=500, blank=True)
    remote_url = models.CharField(max_length=1000, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error_kind = models.CharField(max_length=30, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    looks = models.SmallIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="reply_key_once"),
            models.CheckConstraint(condition=Q(state__in=ReplyState.values), name="reply_state_known"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="reply_visibility"),
            models.CheckConstraint(
                condition=~Q(state=ReplyState.SENT) | (Q(sent_at__isnull=False) & ~Q(remote_id="")),
                name="reply_sent_has_receipt",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReplyState.SENDING)
                | Q(lease_until__isnull=False, attempted_at__isnull=False),
                name="reply_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReplyState.FAILED) | ~Q(error_text=""), name="reply_failed_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], name="reply_due", condition=Q(state=ReplyState.QUEUED)),
            models.Index(fields=["lease_until"], name="reply_stuck", condition=Q(state=ReplyState.SENDING)),
            models.Index(fields=["next_look_at"], name="reply_look", condition=Q(state=ReplyState.UNKNOWN)),
            models.Index(fields=["conversation", "created_at"], name="reply_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.text[:40]}"


class Draft(models.Model):
    """What a member has typed and not sent; one for each member and conversation."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    text = models.TextField(blank=True)
    way = models.CharField(max_length=8, default="public")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "author"], name="draft_once"),
            models.CheckConstraint(condition=Q(way__in=["public", "private", "note"]), name="draft_way"),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Note(models.Model):
    """What staff tell each other beside a conversation; never leaves the desk."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["conversation", "created_at"], name="note_thread")]

    def __str__(self) -> str:
        return self.text[:40]


class Grading(models.Model):
    """A person's change of urgency, with the reason: also a label for the rules' replay."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="gradings")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    before = models.SmallIntegerField()
    after = models.SmallIntegerField()
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="grading_has_reason")]
        indexes = [models.Index(fields=["conversation", "created_at"], name="grading_thread")]

    def __str__(self) -> str:
        return f"{self.before} to {self.after}: {self.reason}"
