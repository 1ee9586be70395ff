"""Who is alarmed when nobody takes a conversation, after how long, and that they were."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.enums import AlarmWay, NoticeState, Urgency
from inbox.models.conversation import Conversation
from inbox.models.escalation import Team


class AlarmStep(models.Model):
    """One step of the chain: so long without a claim, and these are told (no team, no member: supervisors).

    What could not be judged goes by the chain of critical ones.
    """

    urgency = models.SmallIntegerField(choices=Urgency.choices, default=Urgency.CRITICAL)
    after_seconds = models.PositiveIntegerField()
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by_screen = models.BooleanField(default=False)
    by_mail = models.BooleanField(default=False)
    by_hook = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["-urgency", "after_seconds", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=True) | Q(member__isnull=True), name="alarm_step_one_target"
            ),
            models.CheckConstraint(
                condition=Q(by_screen=True) | Q(by_mail=True) | Q(by_hook=True), name="alarm_step_has_a_way"
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=False, by_screen=False) | Q(team__isnull=True, by_hook=False),
                name="alarm_step_way_fits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_urgency_display()} after {self.after_seconds} s"

    @property
    def told(self) -> str:
        """Return who is told, in words."""
        if self.team is not None:
            return self.team.name
        return self.member.name if self.member is not None else "Supervisors"


class AlarmCall(models.Model):
    """That somebody was told, once for each step, way and address while one wait lasts (`since`)."""

    step = models.ForeignKey(AlarmStep, on_delete=models.PROTECT, related_name="calls")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="alarm_calls")
    since = models.DateTimeField()
    way = models.CharField(max_length=8, choices=AlarmWay.choices)
    address = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=NoticeState.choices, default=NoticeState.QUEUED)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "step", "since", "way", "address"], name="alarm_call_once"
            ),
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="alarm_call_state"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="alarm_call_due", condition=Q(state__in=["queued", "sending"])
            ),
            models.Index(
                fields=["conversation"],
                name="alarm_call_rings",
                condition=Q(way="screen", heard_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.state}"
