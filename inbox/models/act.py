"""What staff do to a message besides answering it, on its way to the channel."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.enums import ActKind, ActState
from inbox.models.conversation import Conversation
from inbox.models.message import Message

OPEN = Q(state__in=(ActState.QUEUED, ActState.DOING))


class Act(models.Model):
    """A like or a hiding, or its taking back (`undo`). Doing it twice is the same as once.

    The row is committed before any byte leaves; a lease that ran out is simply done again.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="acts")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="acts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ActKind.choices)
    undo = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=ActState.choices, default=ActState.QUEUED)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_fence = models.BigIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    error_kind = models.CharField(max_length=30, blank=True)
    error_text = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "kind"], name="act_one_at_a_time", condition=OPEN),
            models.CheckConstraint(condition=Q(state__in=ActState.values), name="act_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ActKind.values), name="act_kind_known"),
            models.CheckConstraint(
                condition=~Q(state=ActState.FAILED) | ~Q(error_text=""), name="act_failed_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], name="act_due", condition=OPEN),
            models.Index(fields=["message", "-id"], name="act_of_message"),
        ]

    def __str__(self) -> str:
        return f"{'undo ' if self.undo else ''}{self.kind}: {self.state}"
