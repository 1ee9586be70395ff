"""Versions of the rules: published ones never change, a draft is what its changes say over a version."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Snapshot(models.Model):
    """A pack of files as it was shipped, kept whole; `name` is its fingerprint. Never changed."""

    name = models.CharField(max_length=40, primary_key=True)
    files = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """Rules under a number. `changes` lie over the snapshot: rule id to text, None for taken away.

    `name` is the fingerprint that every verdict of this version carries. Never changed, never deleted.
    """

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    base = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    changes = models.JSONField(default=dict)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        indexes = [models.Index(fields=["name"], name="version_name")]

    def __str__(self) -> str:
        return f"version {self.number}"


class DraftState(models.TextChoices):
    """What became of a draft."""

    OPEN = "open", "Being written"
    PUBLISHED = "published", "Published"
    DISCARDED = "discarded", "Discarded"


class Draft(models.Model):
    """A named set of changes over a version. Published, it becomes a version; it cannot change then."""

    name = models.CharField(max_length=120)
    parent = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.OPEN)
    version = models.OneToOneField(Version, null=True, on_delete=models.PROTECT, related_name="draft")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DraftState.values), name="draft_state_known"),
            models.CheckConstraint(
                condition=Q(state=DraftState.PUBLISHED) ^ Q(version__isnull=True),
                name="draft_published_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """One change that somebody made in a draft: the latest on a rule counts, the others are its history.

    `text` None takes the rule away; `undone` says that the rule is as it was before the draft.
    """

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="changes")
    rule = models.CharField(max_length=120)
    text = models.TextField(null=True)
    undone = models.BooleanField(default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=500)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["draft", "rule", "-id"], name="change_latest")]
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="change_has_reason")]

    def __str__(self) -> str:
        return self.rule
