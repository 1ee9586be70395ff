"""What is learned from people: which of their changes of urgency count, and what was fitted on them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from triage.models.versions import Draft, Version


class LabelReview(models.Model):
    """A supervisor looked at a doubtful label: `level` is what is learned, None that nothing is.

    `grading_id` is the inbox's grading that is in doubt; a newer one of the same message is in doubt anew.
    """

    grading_id = models.BigIntegerField(unique=True)
    message_id = models.BigIntegerField()
    level = models.SmallIntegerField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__range=(0, 3)), name="label_level_known"
            )
        ]

    def __str__(self) -> str:
        return str(self.grading_id)


class SuggestionState(models.TextChoices):
    """How far a fit has come."""

    RUNNING = "running", "Being fitted"
    FINISHED = "finished", "Ready"
    FAILED = "failed", "Failed"


class Suggestion(models.Model):
    """Weights fitted on the desk's labels, over the version that was live, for a person to accept or not.

    `weights` is rule to {before, after, spoke, urgent}; `phrases` are words that missed messages share.
    """

    over = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=SuggestionState.choices, default=SuggestionState.RUNNING)
    labels = models.PositiveIntegerField(default=0)
    weights = models.JSONField(default=dict)
    phrases = models.JSONField(default=list)
    seconds = models.FloatField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SuggestionState.values), name="suggestion_state")
        ]

    def __str__(self) -> str:
        return f"{len(self.weights)} weights"
