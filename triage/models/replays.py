"""Rules tried on the past and beside the live ones; nothing here changes what people see in the queue."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from triage.models.versions import Draft, Snapshot, Version


class ReplayState(models.TextChoices):
    """How far a replay has come."""

    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Failed"


class Replay(models.Model):
    """A candidate set against a version on the last `days` or on an uploaded file.

    `base` and `changes` are the candidate as it was when this began. `cursor` is the last message id (or
    line) that was judged and fences the writers: whoever does not find it as they left it stops.
    """

    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="replays")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="replays")
    against = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    changes = models.JSONField(default=dict)
    name = models.CharField(max_length=160)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    days = models.PositiveSmallIntegerField(null=True)
    since = models.DateTimeField(null=True)
    upload = models.TextField(blank=True)
    file_name = models.CharField(max_length=160, blank=True)
    state = models.CharField(max_length=10, choices=ReplayState.choices, default=ReplayState.RUNNING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    tally = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReplayState.values), name="replay_state_known"),
            models.CheckConstraint(condition=Q(days__isnull=True) ^ Q(upload=""), name="replay_of_one_thing"),
        ]

    def __str__(self) -> str:
        return self.name


class Difference(models.Model):
    """One message on which candidate and version differ. `text` only where it came from a file."""

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="differences")
    message_id = models.BigIntegerField(null=True)
    conversation_id = models.BigIntegerField(null=True)
    line = models.PositiveIntegerField(null=True)
    text = models.CharField(max_length=300, blank=True)
    before = models.SmallIntegerField()
    after = models.SmallIntegerField()
    before_score = models.FloatField()
    after_score = models.FloatField()
    decided = models.SmallIntegerField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"


class Shadow(models.Model):
    """A version that judges every new message beside the live one, for nobody but this list."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="shadows")
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    cursor = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at__isnull=True), name="shadow_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} in shadow"


class ShadowVerdict(models.Model):
    """What the shadow said of one message, beside what the live version had said."""

    shadow = models.ForeignKey(Shadow, on_delete=models.CASCADE, related_name="verdicts")
    message_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    before = models.SmallIntegerField()
    after = models.SmallIntegerField()
    before_score = models.FloatField()
    after_score = models.FloatField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["shadow", "message_id"], name="shadow_verdict_once"),
        ]
        indexes = [
            models.Index(
                fields=["shadow", "-id"], name="shadow_differs", condition=~Q(before=models.F("after"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"
