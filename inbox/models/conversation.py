"""One thread with one person on one account: the item that staff claim."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Q, Value, When

from inbox.enums import ConversationState, Outcome, Urgency, Visibility
from inbox.models.people import Person

STATE, URGENT = ConversationState, Urgency.URGENT
# The queue's bands, upper first: what could not be judged, critical, urgent, the rest.
BAND = Case(
    When(unjudged=True, then=Value(0)),
    When(urgency=Urgency.CRITICAL, then=Value(1)),
    When(urgency=Urgency.URGENT, then=Value(2)),
    default=Value(3),
    output_field=models.SmallIntegerField(),
)


class Conversation(models.Model):
    """One thread with one person on one account.

    `waiting_since` is when the oldest message that nobody has answered reached us; `version` grows with every
    change that a screen shows; `fence` grows with every claim, so that a claim which ran out cannot send.
    """

    account = models.ForeignKey("connectors.Account", on_delete=models.PROTECT, related_name="conversations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="conversations")
    thread_key = models.CharField(max_length=500)
    visibility = models.CharField(max_length=8, choices=Visibility.choices)
    subject = models.CharField(max_length=500, blank=True)
    excerpt = models.CharField(max_length=300, blank=True)
    # Where the reasons stand in the excerpt: [[start, end], …] in code points.
    excerpt_marks = models.JSONField(default=list, blank=True)

    state = models.CharField(max_length=10, choices=STATE.choices, default=STATE.OPEN)
    urgency = models.SmallIntegerField(choices=Urgency.choices, default=Urgency.ROUTINE)
    score = models.FloatField(default=0)
    unjudged = models.BooleanField(default=False)
    # Set when a person graded it: triage may then raise, never lower.
    graded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    band = models.GeneratedField(expression=BAND, output_field=models.SmallIntegerField(), db_persist=True)

    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="holding"
    )
    held_until = models.DateTimeField(null=True, blank=True)
    fence = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=1)

    created_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField()
    first_reply_due_at = models.DateTimeField(null=True, blank=True)
    first_replied_at = models.DateTimeField(null=True, blank=True)
    # A reply failed or its fate is unknown: somebody must look.
    reply_trouble = models.BooleanField(default=False)
    escalation_pending = models.BooleanField(default=False)
    # When somebody last said that they heard a critical one's alarm; a newer message rings again.
    alarm_heard_at = models.DateTimeField(null=True, blank=True)

    incident_number = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    outcome_reason = models.CharField(max_length=1000, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "thread_key"], name="conversation_once"),
            models.CheckConstraint(condition=Q(state__in=STATE.values), name="conversation_state_known"),
            models.CheckConstraint(
                condition=Q(urgency__in=Urgency.values), name="conversation_urgency_known"
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="conversation_visibility"
            ),
            models.CheckConstraint(
                condition=Q(holder__isnull=True, held_until__isnull=True)
                | Q(holder__isnull=False, held_until__isnull=False),
                name="conversation_claim_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=STATE.RESOLVED)
                | (
                    Q(holder__isnull=True, resolved_at__isnull=False, waiting_since__isnull=True)
                    & ~Q(outcome="")
                ),
                name="conversation_resolved_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=STATE.RESOLVED)
                | Q(urgency__lt=URGENT)
                | ~Q(incident_number="")
                | ~Q(outcome_reason=""),
                name="conversation_urgent_accounted",
            ),
            models.CheckConstraint(
                condition=~Q(state=STATE.OPEN) | Q(waiting_since__isnull=False),
                name="conversation_open_waits",
            ),
            models.CheckConstraint(
                condition=~Q(state=STATE.ESCALATED) | Q(escalation_pending=True),
                name="conversation_escalated_pends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["band", "waiting_since", "id"], name="queue_order", condition=Q(state=STATE.OPEN)
            ),
            models.Index(
                fields=["holder", "band", "waiting_since"],
                name="mine_order",
                condition=Q(holder__isnull=False),
            ),
            models.Index(
                fields=["band", "last_message_at", "id"],
                name="escalated_order",
                condition=Q(escalation_pending=True),
            ),
            models.Index(
                fields=["last_message_at", "id"], name="waiting_order", condition=Q(state=STATE.WAITING)
            ),
            models.Index(fields=["-last_message_at", "-id"], name="all_order"),
            models.Index(
                fields=["account", "band", "waiting_since"],
                name="account_queue",
                condition=Q(state=STATE.OPEN),
            ),
            models.Index(fields=["person"], name="by_person"),
            models.Index(
                fields=["first_reply_due_at"],
                name="due_order",
                condition=Q(first_replied_at__isnull=True) & ~Q(state=STATE.RESOLVED),
            ),
            models.Index(fields=["incident_number"], name="by_incident", condition=~Q(incident_number="")),
            models.Index(fields=["held_until"], name="claim_expiry", condition=Q(holder__isnull=False)),
            models.Index(
                fields=["urgency", "last_message_at"], name="urgent_few", condition=Q(urgency__gte=URGENT)
            ),
            GinIndex(fields=["tags"], name="by_tag"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number that people say to each other."""
        return f"D{self.pk}"

    @property
    def is_urgent(self) -> bool:
        """Say whether it is urgent in the broad sense, or could not be judged."""
        return self.urgency >= Urgency.URGENT or self.unjudged
