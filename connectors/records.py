"""What the desk remembers of how well an account was heard: gaps, silences, checks, and what is usual."""

from django.db import models
from django.db.models import Q


class Gap(models.Model):
    """A time in which an account was not collected; what the public wrote in it comes late.

    `began_at` is when it was last collected before, `ended_at` when collecting went on, `finished_at` when
    everything of that time was here; `collected` counts the messages that came late.
    """

    account = models.ForeignKey("connectors.Account", on_delete=models.CASCADE, related_name="gaps")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    collected = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(finished_at=None), name="gap_one_open_an_account"
            ),
        ]
        indexes = [models.Index(fields=["finished_at"], name="gap_finished")]

    def __str__(self) -> str:
        return f"{self.began_at:%d %b %H:%M} to {self.ended_at:%d %b %H:%M}"


class Silence(models.Model):
    """An alarm that nobody has written to an account for longer than is usual; it ends by itself.

    `since` is when somebody wrote last; `usual_seconds` how long a quiet would be usual at that hour.
    """

    account = models.ForeignKey("connectors.Account", on_delete=models.CASCADE, related_name="silences")
    since = models.DateTimeField()
    usual_seconds = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at=None), name="silence_one_an_account"
            ),
        ]

    def __str__(self) -> str:
        return f"quiet since {self.since:%d %b %H:%M}"


class Habit(models.Model):
    """How often each quarter of an hour is quiet on an account, by hour of the week (connectors.habits).

    `odds` holds 168 probabilities, Monday 00:00 first, in the desk's own wall time; None while too little
    is known.
    """

    account = models.OneToOneField("connectors.Account", on_delete=models.CASCADE, related_name="habit")
    learned_at = models.DateTimeField()
    odds = models.JSONField(null=True, blank=True)

    def __str__(self) -> str:
        return f"learned {self.learned_at:%d %b %H:%M}"


class Canary(models.Model):
    """One check item that was sent along an account's whole path; `seconds` is how long it took.

    `announced` says whether the event that screens listen to could be published, `through_rows` whether a
    made-up message was taken through the rows with it.
    """

    account = models.ForeignKey("connectors.Account", on_delete=models.CASCADE, related_name="canaries")
    sent_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    announced = models.BooleanField(default=False)
    through_rows = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [models.Index(fields=["account", "-sent_at"], name="canary_latest")]

    def __str__(self) -> str:
        return f"sent {self.sent_at:%d %b %H:%M:%S}"
