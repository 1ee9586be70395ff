"""Our own identities on the channels, with their credentials, cursors and leases."""

import secrets

from django.db import models
from django.db.models import Q

from inbox.capabilities import Capabilities


class AccountState(models.TextChoices):
    """Whether the desk collects and sends through this account."""

    ACTIVE = "active", "Connected"
    PAUSED = "paused", "Paused"
    RECONNECT = "reconnect", "Needs to be connected again"


def new_hook_token() -> str:
    """Return the unguessable part of a new account's web hook address."""
    return secrets.token_urlsafe(24)


class Account(models.Model):
    """Our own identity on one channel.

    `secrets` is encrypted JSON (connectors.secrets), never shown again. `cursor` is the channel's own,
    advanced in the transaction that stores what it covers. `lease_fence` grows with every lease: a poller
    whose lease ran out cannot commit.
    """

    channel = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=320, blank=True)
    state = models.CharField(max_length=10, choices=AccountState.choices, default=AccountState.ACTIVE)
    config = models.JSONField(default=dict, blank=True)
    secrets = models.BinaryField(null=True, blank=True)
    capability_facts = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    cursor = models.JSONField(default=dict, blank=True)
    poll_seconds = models.PositiveIntegerField(default=15)
    next_poll_at = models.DateTimeField()
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_fence = models.BigIntegerField(default=0)

    last_collected_at = models.DateTimeField(null=True, blank=True)
    last_item_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    limited_until = models.DateTimeField(null=True, blank=True)
    problem_kind = models.CharField(max_length=30, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    # Facts for people: requests left, credits, token expiry, gaps noticed.
    meter = models.JSONField(default=dict, blank=True)
    hook_token = models.CharField(max_length=64, unique=True, default=new_hook_token)

    # How often it is asked now, and why (connectors.pace); None: as `poll_seconds` says.
    pace_seconds = models.FloatField(null=True, blank=True)
    pace_reason = models.CharField(max_length=120, blank=True, default="", db_default="")
    # Something urgent waits on it, so it comes first; more waits than one poll could read, so it comes last.
    is_urgent = models.BooleanField(default=False, db_default=False)
    is_behind = models.BooleanField(default=False, db_default=False)
    last_heard_at = models.DateTimeField(null=True, blank=True)
    # Seconds of quiet that raise an alarm: None as learned, 0 never.
    silence_seconds = models.PositiveIntegerField(null=True, blank=True)
    next_canary_at = models.DateTimeField(null=True, blank=True)
    # What the watch found last, for the lines that people read (connectors.watch).
    signs = models.JSONField(default=dict, blank=True, db_default={})
    # The last health that screens were told of, so that they are told of the next one.
    told = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        ordering = ["channel", "name"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "address"], name="account_once"),
            models.CheckConstraint(condition=Q(state__in=AccountState.values), name="account_state_known"),
        ]
        indexes = [
            models.Index(fields=["next_poll_at"], name="account_due", condition=Q(state=AccountState.ACTIVE)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def capabilities(self) -> Capabilities:
        """Return what this account's channel can do; read once for as long as the facts are the same."""
        known: tuple[object, Capabilities] | None = self.__dict__.get("_read_facts")
        if known is None or known[0] is not self.capability_facts:
            known = (self.capability_facts, Capabilities.from_json(self.capability_facts))
            self.__dict__["_read_facts"] = known
        return known[1]


class Heartbeat(models.Model):
    """When a part of the machinery last proved that it works (one row a part)."""

    part = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part


class HookState(models.TextChoices):
    """How far a web hook's payload is."""

    WAITING = "waiting", "Waiting to be read"
    DONE = "done", "Read"
    UNREADABLE = "unreadable", "Could not be read"


class HookPayload(models.Model):
    """What a platform's web hook told, byte for byte, committed before the platform hears yes.

    The same bytes again are the same row, read once more: reading twice changes nothing.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="hook_payloads")
    body = models.BinaryField()
    sha256 = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()
    repeats = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=HookState.choices, default=HookState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "sha256"], name="hook_payload_once"),
            models.CheckConstraint(condition=Q(state__in=HookState.values), name="hook_state_known"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="hook_due", condition=Q(state=HookState.WAITING)),
            models.Index(fields=["received_at"], name="hook_age"),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.received_at}"


# Django finds a room's models in this module.
from connectors.records import Canary, Gap, Habit, Silence  # noqa: E402

__all__ = [
    "Account",
    "AccountState",
    "Canary",
    "Gap",
    "Habit",
    "Heartbeat",
    "HookPayload",
    "HookState",
    "Silence",
]
