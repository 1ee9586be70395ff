"""Which version judges, and how it came to: every change of it is kept with who, when and why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from triage.models.versions import Version

KINDS = ("shipped", "forward", "back")


class Ask(models.Model):
    """A supervisor wants a version live. `lost` are messages that people marked critical and it would lose.

    Where there are any it waits for a second supervisor. `against` is the version that was live then.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="asks")
    against = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=500)
    looked_at = models.PositiveIntegerField()
    lost = models.JSONField(default=list)
    asked_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="ask_has_reason")]

    def __str__(self) -> str:
        return f"{self.version} asked for"


class Activation(models.Model):
    """A version went live: for the first time of the product, forward, or back to one that was live before.

    The database refuses one that loses critical messages without a second supervisor.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="activations")
    kind = models.CharField(max_length=8)
    ask = models.OneToOneField(Ask, null=True, on_delete=models.PROTECT, related_name="activation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    lost_count = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=500)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="activation_kind_known"),
            models.CheckConstraint(
                condition=Q(lost_count=0) | (Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("by"))),
                name="activation_second_supervisor",
            ),
            models.CheckConstraint(
                condition=Q(kind="shipped") | Q(by__isnull=False), name="activation_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} live"


class Live(models.Model):
    """The one row (id 1) that every process reads: what judges now."""

    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="live_one_row")]

    def __str__(self) -> str:
        return str(self.version)
