"""The words that rows may hold; the database's own constraints are built from them."""

from django.db import models


class Urgency(models.IntegerChoices):
    """How soon a person must look. "Urgent" in the broad sense is the upper two."""

    NONE = 0, "None"
    ROUTINE = 1, "Routine"
    URGENT = 2, "Urgent"
    CRITICAL = 3, "Critical"


class ConversationState(models.TextChoices):
    """Whose move it is."""

    OPEN = "open", "Waiting for the desk"
    WAITING = "waiting", "Waiting on the public"
    ESCALATED = "escalated", "Escalated"
    RESOLVED = "resolved", "Resolved"


class Visibility(models.TextChoices):
    """Who can read it on the channel."""

    PUBLIC = "public", "Public"
    PRIVATE = "private", "Private"


class Direction(models.TextChoices):
    """Which way a message travelled; OUTSIDE is our account's, written outside the desk."""

    IN = "in", "From the public"
    OUT = "out", "From the desk"
    OUTSIDE = "outside", "From our account, outside the desk"


class ReplyState(models.TextChoices):
    """A reply on its way (quality rule 4)."""

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent"
    UNKNOWN = "unknown", "Not known whether it was sent"
    CANCELLED = "cancelled", "Taken back"


class ActKind(models.TextChoices):
    """What may be done to a message besides answering it."""

    HIDE = "hide", "Hide it"
    LIKE = "like", "Like it"


class ActState(models.TextChoices):
    """An act on its way; it may be repeated, so its fate is never unknown for long."""

    QUEUED = "queued", "Queued"
    DOING = "doing", "Being done"
    DONE = "done", "Done"
    FAILED = "failed", "Not done"


class EscalationState(models.TextChoices):
    """Whether the team or body that was asked has answered."""

    PENDING = "pending", "Not acknowledged yet"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    WITHDRAWN = "withdrawn", "Withdrawn"


class NoticeState(models.TextChoices):
    """One mail or web hook that tells a team of an escalation."""

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not delivered"


class NoticeWay(models.TextChoices):
    """How a team is told."""

    MAIL = "mail", "E-mail"
    WEB_HOOK = "web_hook", "Web hook"


class AlarmWay(models.TextChoices):
    """How somebody is alarmed."""

    SCREEN = "screen", "Screen"
    MAIL = "mail", "E-mail"
    WEB_HOOK = "web_hook", "Web hook"


class AttachmentState(models.TextChoices):
    """Whether the file is here."""

    STORED = "stored", "Stored"
    WAITING = "waiting", "Being fetched"
    REFUSED = "refused", "Not kept"


class Outcome(models.TextChoices):
    """How a conversation ended."""

    ANSWERED = "answered", "Answered"
    INCIDENT = "incident", "Incident recorded"
    SIGNPOSTED = "signposted", "Pointed to another service"
    NO_ACTION = "no_action", "Nothing for the police to do"
    DUPLICATE = "duplicate", "Already known"
    SPAM = "spam", "Spam or hoax"
