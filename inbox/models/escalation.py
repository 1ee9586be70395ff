"""Teams and outside bodies, what was handed to them, and how they were told."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.enums import EscalationState, NoticeState, NoticeWay
from inbox.models.conversation import Conversation


class Team(models.Model):
    """A team or an outside body to which conversations can be escalated."""

    name = models.CharField(max_length=120, unique=True)
    is_outside = models.BooleanField(default=False)
    email = models.EmailField(blank=True)
    web_hook = models.URLField(max_length=500, blank=True)
    # Encrypted by connectors.secrets before it is stored here; signs the web hook.
    web_hook_secret = models.BinaryField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(email="") | ~Q(web_hook=""), name="team_can_be_reached")
        ]

    def __str__(self) -> str:
        return self.name


class Escalation(models.Model):
    """A conversation handed to a team until it is acknowledged with a number or a reason."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="escalations")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="escalations")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=2000)
    state = models.CharField(max_length=12, choices=EscalationState.choices, default=EscalationState.PENDING)
    created_at = models.DateTimeField()
    incident_number = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EscalationState.values), name="escalation_state"),
            models.CheckConstraint(
                condition=~Q(state=EscalationState.ACKNOWLEDGED)
                | (
                    Q(acknowledged_at__isnull=False)
                    & ~Q(acknowledged_by="")
                    & (~Q(incident_number="") | ~Q(reason=""))
                ),
                name="escalation_acknowledged_whole",
            ),
            models.UniqueConstraint(
                fields=["conversation", "team"],
                condition=Q(state=EscalationState.PENDING),
                name="escalation_once_a_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} to {self.team_id}"


class Notice(models.Model):
    """One mail or web hook that tells a team; repeated as a reminder until the team acknowledges."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="notices")
    way = models.CharField(max_length=8, choices=NoticeWay.choices)
    state = models.CharField(max_length=8, choices=NoticeState.choices, default=NoticeState.QUEUED)
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state")]
        indexes = [
            models.Index(fields=["due_at"], name="notice_due", condition=Q(state__in=["queued", "sending"])),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.state}"
